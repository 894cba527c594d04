/** The yardstick: lines a second that a fixed Python parser reads here and now. */

const YARDSTICK = new URL("../../../../shared/tools/yardstick.py", import.meta.url).pathname;

/** Undefined where there is no python3 or no yardstick. */
export async function measureYard(stream: string): Promise<number | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("python3", {
      args: [YARDSTICK, stream],
      stderr: "null",
    }).output();
    const rate = Number(new TextDecoder().decode(stdout));
    return success && rate > 0 ? rate : undefined;
  } catch {
    return undefined;
  }
}
