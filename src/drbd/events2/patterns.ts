/**
 * The lines of `drbdsetup events2 --full` exactly as drbd-utils 9.29 and later print them: keys in printing order, known words
 * only. All other lines go through `tolerant_parser.ts`, with the same result: these patterns only make parsing faster.
 *
 * Each pattern is sticky and includes the newline, so that a block is parsed without splitting it. Groups: identity, state,
 * statistics, blocked, as far as the object has them.
 */
import {
  BLOCKED_LAYERS,
  CONNECTION_STATES,
  DISK_STATES,
  REPLICATION_STATES,
  RESYNC_SUSPEND_REASONS,
  ROLES,
  SUSPEND_REASONS,
  TRISTATES,
  WRITE_ORDERINGS,
} from "../model/vocabulary.ts";

/** U+FFFD stands for invalid UTF-8: two such names could be confused. */
const NAME = "[^ \\n\\uFFFD]+";
const TEXT = "[^ \\n]+";
const TEXT_OR_NOTHING = "[^ \\n]*";
const YES_NO = "(?:yes|no)";
const TRISTATE = anyOf(TRISTATES);
const COUNT = "\\d+";
/** Identifying numbers: at most nine digits, so that they are exact and cheap. */
const ID = "\\d{1,9}";

function anyOf(words: readonly string[]): string {
  return `(?:${words.join("|")})`;
}

function commaList(words: readonly string[]): string {
  return `(?:no|${anyOf(words)}(?:,${anyOf(words)})*)`;
}

/** For the lines of one object. */
export interface LinePatterns {
  readonly exact: RegExp;
  /** As `exact` but without groups, and only for lines without `blocked`: to be tested only. */
  readonly plain: RegExp;
}

/** `rest` is the pattern after the name's key: `part` makes a group or not, `unlessPlain` is omitted from `plain`. */
function line(
  object: string,
  rest: (part: (pattern: string) => string, unlessPlain: (pattern: string) => string) => string,
): LinePatterns {
  // All three verbs have six letters, so the object is always at the same offset.
  const sticky = (pattern: string) =>
    new RegExp(`(?:change|exists|create) ${object} name:${pattern}\\n`, "y");
  return {
    exact: sticky(rest((part) => `(${part})`, (part) => part)),
    plain: sticky(rest((part) => `(?:${part})`, () => "")),
  };
}

export const RESOURCE_LINE = line("resource", (part) =>
  part(NAME) + " " +
  part(
    `role:${anyOf(ROLES)} suspended:${commaList(SUSPEND_REASONS)} force-io-failures:${YES_NO}` +
      `(?: write-ordering:${anyOf(WRITE_ORDERINGS)})? may_promote:${YES_NO} promotion_score:${ID}`,
  ));

export const DEVICE_LINE = line("device", (part, unlessPlain) =>
  part(`${NAME} volume:${ID}`) + " " +
  part(
    `minor:${ID} backing_dev:${TEXT} disk:${anyOf(DISK_STATES)} client:${TRISTATE} open:${TRISTATE} ` +
      `quorum:${YES_NO} size:${COUNT}`,
  ) + " " +
  part(
    `read:${COUNT} written:${COUNT} al-writes:${COUNT} bm-writes:${COUNT} upper-pending:${COUNT} ` +
      `lower-pending:${COUNT} al-suspended:${YES_NO}`,
  ) +
  unlessPlain(`(?: blocked:(${commaList(BLOCKED_LAYERS)}))?`));

export const CONNECTION_LINE = line("connection", (part) =>
  part(`${NAME} peer-node-id:${ID}`) + " " +
  part(
    `conn-name:${TEXT_OR_NOTHING} connection:${anyOf(CONNECTION_STATES)} role:${anyOf(ROLES)} ` +
      `congested:${YES_NO}`,
  ) +
  `(?: ${part(`ap-in-flight:${COUNT} rs-in-flight:${COUNT}`)})?`);

export const PEER_DEVICE_LINE = line(
  "peer-device",
  (part) =>
    part(`${NAME} peer-node-id:${ID} conn-name:${TEXT_OR_NOTHING} volume:${ID}`) + " " +
    part(
      `replication:${anyOf(REPLICATION_STATES)} peer-disk:${anyOf(DISK_STATES)} peer-client:${TRISTATE} ` +
        `resync-suspended:${commaList(RESYNC_SUSPEND_REASONS)}`,
    ) + " " +
    part(
      `(?:done:-?[\\d.]+ )?received:${COUNT} sent:${COUNT} out-of-sync:${COUNT} pending:${COUNT} ` +
        `unacked:${COUNT}(?: dbdt1:-?[\\d.]+ eta:(?:\\d+|nan))?`,
    ),
);

export const PATH_LINE = line(
  "path",
  (part) =>
    part(`${NAME} peer-node-id:${ID} conn-name:${TEXT_OR_NOTHING} local:${TEXT} peer:${TEXT}`) + " " +
    part(`established:${YES_NO}`),
);
