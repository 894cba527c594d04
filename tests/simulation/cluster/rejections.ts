/** Rejections that nobody takes: they would end drbdd. */

/** Runs something, and notifies of each rejection meanwhile that nobody takes. */
export async function noticingRejections<Result>(
  onRejection: (reason: unknown) => void,
  run: () => Promise<Result>,
): Promise<Result> {
  const notice = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    onRejection(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", notice);
  try {
    return await run();
  } finally {
    globalThis.removeEventListener("unhandledrejection", notice);
  }
}
