import type { Action } from '@plimsoll/domain'
import { describeHealth } from './describe.ts'
import { enter, factorOf, type Ledger } from './Ledger.ts'
import type { Lever, LeverContext, Step } from './Lever.ts'

/** Relative shortfall of the target that counts as reached. */
const TOLERANCE = 1e-9
/** Steps that one lever may take for one domain in one plan. */
const STEPS_PER_LEVER = 4

/**
 * Pulls one lever after the other until the target is reached or none helps any more.
 *
 * Twice, for one lever can open the way for another: an account under water gains nothing by closing until it has margin.
 */
export function restore(
  context: LeverContext,
  p: { readonly below: number; readonly levers: readonly Lever[] },
): { readonly ledger: Ledger; readonly actions: readonly Action[]; readonly why: string } {
  const { domain, target } = context
  const start = factorOf(context.ledger, domain)
  const isReached = (ledger: Ledger): boolean =>
    factorOf(ledger, domain) >= target * (1 - TOLERANCE)
  const actions: Action[] = []
  const skipped = new Map<Lever, string>()
  let ledger = context.ledger
  for (const lever of [...p.levers, ...p.levers])
    for (let steps = 0; steps < STEPS_PER_LEVER && !isReached(ledger); steps++) {
      const step = raising(lever({ ...context, ledger }))
      if (step.type === 'skip') {
        skipped.set(lever, step.why)
        break
      }
      ledger = enter(ledger, step.action, step.market)
      actions.push(step.action)
    }
  const end = factorOf(ledger, domain)
  const trigger = `${domain}: health ${describeHealth(start)} is below ${p.below}`
  const whys = [...skipped.values()].join('; ')
  const outcome = isReached(ledger)
    ? `${actions.length} step(s) restore ${describeHealth(end)}.`
    : `${actions.length === 0 ? 'nothing feasible' : `${actions.length} step(s) reach only ${describeHealth(end)}`} of ${target} (${whys}).`
  return { ledger, actions, why: `${trigger}; ${outcome}` }
}

/** A step that leaves health where it was, or lower, is none. */
function raising(step: Step): Step {
  if (step.type === 'skip' || step.action.healthAfter > step.action.healthBefore) return step
  const { type, healthBefore, healthAfter } = step.action
  return {
    type: 'skip',
    why: `${type}: would take health from ${describeHealth(healthBefore)} to ${describeHealth(healthAfter)}`,
  }
}
