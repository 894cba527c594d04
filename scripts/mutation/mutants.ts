/** Mutants of a source: mechanical changes of its syntax tree, one at a time, each of which ought to break something. */

export interface Mutant {
  readonly path: string;
  /** From 1 on. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly replacement: string;
  /** What was changed, for people. */
  readonly what: string;
}

/** A node of TypeScript's syntax tree, with the parts that are used. */
interface Node {
  readonly kind: number;
  readonly parent?: Node;
  readonly text?: string;
  readonly expression?: Node;
  readonly condition?: Node;
  readonly operatorToken?: Node;
  readonly left?: Node;
  readonly right?: Node;
  readonly operand?: Node;
  readonly operator?: number;
  readonly properties?: readonly Node[];
  getStart(source: Source): number;
  getEnd(): number;
  getText(source: Source): string;
}

interface Source extends Node {
  getLineAndCharacterOfPosition(place: number): { readonly line: number };
}

/** What is used of the compiler. */
interface Typescript {
  createSourceFile(name: string, text: string, target: number, setParents: boolean): Source;
  forEachChild(node: Node, visit: (child: Node) => void): void;
  readonly SyntaxKind: Readonly<Record<number, string>>;
}

/** Only this program needs it: no configuration, lock or binary is to know of it, and valibot not to find it as its peer. */
const COMPILER = ["npm", "typescript@5.9.3"].join(":");
const LATEST = 99;

const SWAPPED: ReadonlyMap<string, string> = new Map([
  ["<", "<="],
  ["<=", "<"],
  [">", ">="],
  [">=", ">"],
  ["===", "!=="],
  ["!==", "==="],
  ["&&", "||"],
  ["||", "&&"],
  ["+", "-"],
  ["-", "+"],
  ["*", "/"],
]);
/** Types decide nothing. */
const TYPES = /^(ImportDeclaration|InterfaceDeclaration|TypeAliasDeclaration|\w+Type|TypeReference)$/;

/** A maker of all mutants of the text of a file. */
export async function mutator(): Promise<(path: string, text: string) => Mutant[]> {
  const loaded: { readonly default: Typescript } = await import(COMPILER);
  return (path, text) => new Mutator(loaded.default, path, text).all();
}

class Mutator {
  readonly #source: Source;
  readonly #mutants: Mutant[] = [];

  constructor(readonly ts: Typescript, readonly path: string, text: string) {
    this.#source = ts.createSourceFile(path, text, LATEST, true);
  }

  all(): Mutant[] {
    this.#visit(this.#source);
    return this.#mutants;
  }

  #kind(node: Node): string {
    return this.ts.SyntaxKind[node.kind] ?? "";
  }

  #visit(node: Node): void {
    if (TYPES.test(this.#kind(node))) return;
    this.#mutate(node);
    this.ts.forEachChild(node, (child) => this.#visit(child));
  }

  #mutate(node: Node): void {
    const { expression, condition, operand } = node;
    switch (this.#kind(node)) {
      case "IfStatement":
        this.#negate(expression);
        return this.#add(node, ";", "dropped statement");
      case "ConditionalExpression":
        return this.#negate(condition);
      case "BinaryExpression":
        return this.#mutateBinary(node);
      case "PrefixUnaryExpression":
        if (node.getText(this.#source).startsWith("!")) {
          this.#add(node, this.#text(operand), "dropped negation");
        }
        return;
      case "NumericLiteral":
        return this.#mutateNumber(node);
      case "FirstLiteralToken":
        return this.#mutateNumber(node);
      case "TrueKeyword":
        return this.#add(node, "false", "changed constant");
      case "FalseKeyword":
        return this.#add(node, "true", "changed constant");
      case "Identifier":
        if (node.text === "Infinity") this.#add(node, "0", "changed constant");
        return;
      case "ExpressionStatement":
        return this.#add(node, ";", "dropped statement");
      case "PropertyAssignment":
        // Without it, what is spread before stays.
        if (this.#hasSpread(node.parent)) this.#add(node, "...{}", "dropped property");
        return;
    }
  }

  #negate(condition: Node | undefined): void {
    if (condition !== undefined) this.#add(condition, `!(${this.#text(condition)})`, "negated condition");
  }

  #mutateBinary(node: Node): void {
    const { operatorToken, left, right } = node;
    if (operatorToken === undefined) return;
    const operator = this.#text(operatorToken);
    if (operator === "??") return this.#add(node, this.#text(right), "only the default");
    const swapped = SWAPPED.get(operator);
    // Texts for people are put together with a plus: no decision hangs on them.
    const isOfTexts = operator === "+" && [left, right].some((each) => /^\(*["'\`]/.test(this.#text(each)));
    if (swapped !== undefined && !isOfTexts) this.#add(operatorToken, swapped, "swapped operator");
  }

  #mutateNumber(node: Node): void {
    const value = Number((node.text ?? "").replaceAll("_", ""));
    this.#add(node, `${value + 1}`, "changed constant");
    if (value > 1) this.#add(node, "0", "changed constant");
  }

  #hasSpread(node: Node | undefined): boolean {
    return node?.properties?.some((each) => this.#kind(each) === "SpreadAssignment") === true;
  }

  #text(node: Node | undefined): string {
    return node?.getText(this.#source) ?? "";
  }

  #add(node: Node, replacement: string, why: string): void {
    const from = node.getStart(this.#source);
    const { line } = this.#source.getLineAndCharacterOfPosition(from);
    const [before = ""] = this.#text(node).split("\n");
    const [after = ""] = replacement.split("\n");
    this.#mutants.push({
      ...{ path: this.path, from, to: node.getEnd(), replacement, line: line + 1 },
      what: `${why}: ${before.slice(0, 60)}${replacement === ";" ? "" : ` -> ${after.slice(0, 60)}`}`,
    });
  }
}
