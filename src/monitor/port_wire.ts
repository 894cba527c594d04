/** The wire between two threads, as a port has it. */
import type { Wire } from "./protocol.ts";

export function wireOf<Out, In>(port: MessagePort): Wire<Out, In> {
  const wire: Wire<Out, In> = {
    send: (message, transfer = []) => port.postMessage(message, [...transfer]),
    onMessage: () => {},
  };
  port.onmessage = ({ data }: MessageEvent<In>) => wire.onMessage(data);
  return wire;
}
