import type { DemoFrame, DemoRecord } from './DemoRecord.ts'

/** Where a demo shows itself while it runs and when it ends. */
export interface DemoView {
  /** One line about set-up work. */
  progress(message: string): void
  frame(frame: DemoFrame, count: number): void
  /** Ends the view; `report` is the path of the written report, if any. */
  end(record: DemoRecord, report: string | null): void
}
