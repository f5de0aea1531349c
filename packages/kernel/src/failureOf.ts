import { BaseError, reason } from '@plimsoll/domain'
import type { AgentStep, StepFailed } from './AgentProtocol.ts'

/** What a machine is told of something thrown. What is not one of our errors is our bug, and halts. */
export function failureOf(step: AgentStep, cause: unknown): StepFailed {
  const known = cause instanceof BaseError ? cause : null
  return {
    type: 'step.failed',
    step,
    recovery: known?.recovery ?? 'halt',
    code: known?.code ?? 'INVARIANT_UNEXPECTED',
    reason: reason(cause),
  }
}
