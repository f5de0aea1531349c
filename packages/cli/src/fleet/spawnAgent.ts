import { fork } from 'node:child_process'
import { BaseError } from '@plimsoll/domain'
import type { FleetCommand, FleetReport } from './FleetProtocol.ts'

/** A process that runs one agent. */
export type AgentProcess = {
  /**
   * Tells it something and waits for its answer. One at a time.
   *
   * @throws {@link AgentProcessError} when it fails or ends instead.
   */
  ask<T extends FleetReport['type']>(
    command: FleetCommand,
    expected: T,
  ): Promise<Extract<FleetReport, { type: T }>>
  /** Ends it at once. */
  kill(): void
}

/** Starts a process for one agent; it ends with ours. */
export function spawnAgent(index: number): AgentProcess {
  const child = fork(new URL('./fleetAgent.ts', import.meta.url), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  let ended: string | null = null
  child.on('error', (cause) => {
    ended ??= cause.message
  })
  child.once('exit', (code, signal) => {
    ended = `it ended with ${signal ?? code}`
  })
  return {
    ask: (command, expected) =>
      new Promise((resolve, reject) => {
        const refuse = (why: string) => reject(new AgentProcessError({ index, why }))
        if (ended !== null) return refuse(ended)
        const onExit = () => refuse('it ended')
        const onError = (cause: Error) => refuse(cause.message)
        child.once('exit', onExit).once('error', onError)
        child.once('message', (report: FleetReport) => {
          child.off('exit', onExit).off('error', onError)
          if (report.type === expected)
            resolve(report as Extract<FleetReport, { type: typeof expected }>)
          else refuse(report.type === 'failed' ? report.reason : `it answered ${report.type}`)
        })
        child.send(command, (cause) => cause !== null && refuse(cause.message))
      }),
    kill: () => void child.kill('SIGKILL'),
  }
}

/** The process of an agent failed or ended before it was told to. */
export class AgentProcessError extends BaseError {
  override readonly code = 'INVARIANT_AGENT_PROCESS'
  override readonly recovery = 'halt'

  constructor(p: { readonly index: number; readonly why: string }) {
    super(`The process of agent ${p.index} gave up: ${p.why}. The crash was not played to its end.`)
  }
}
