import type { AgentEvent, AgentMode, AgentPolicy, AgentRequest } from './AgentProtocol.ts'

/** State of an agent's machine, as its host looks at it. */
export type AgentSnapshot = {
  /** `error` once an action has thrown: the machine is dead then. */
  readonly status: 'active' | 'done' | 'error' | 'stopped'
  readonly value: unknown
  readonly context: { readonly mode: AgentMode }
}

/** A running machine. Any xstate actor whose events and emitted events are those of the protocol is one. */
export type AgentActor = {
  start(): unknown
  stop(): unknown
  send(event: AgentEvent): void
  on(type: '*', handler: (request: AgentRequest) => void): unknown
  subscribe(observer: { readonly error: (cause: unknown) => void }): unknown
  getSnapshot(): AgentSnapshot
}

/** A ready agent: its machine says when, its policy says what. */
export type Agent = {
  /** Who signs the journal. */
  readonly name: string
  /** Makes a fresh machine, not yet started. Its first state must be a recovery. */
  spawn(): AgentActor
  readonly policy: AgentPolicy
}
