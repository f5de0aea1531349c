import type { DemoView } from './DemoView.ts'

/** Creates a view for machines: one JSON object a line, the last one of type `result`. Progress goes to stderr. */
export function createJsonView(out: NodeJS.WritableStream, err: NodeJS.WritableStream): DemoView {
  return {
    progress: (message) => void err.write(`${message}\n`),
    frame: (frame) => void out.write(`${JSON.stringify({ type: 'frame', ...frame })}\n`),
    end: (record) => void out.write(`${JSON.stringify({ type: 'result', ...record.result })}\n`),
  }
}
