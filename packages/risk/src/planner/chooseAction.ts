import type { DomainAssessment } from '../Assessment.ts'
import { enter } from '../Ledger.ts'
import { type Candidate, netOf, type Refusal } from './Candidate.ts'
import { type CandidateContext, candidatesOf } from './candidatesOf.ts'
import { goalOf, type Standing } from './createValuation.ts'
import type { DynamicProgrammingConfig } from './DynamicProgrammingConfig.ts'

/** The next action for a domain, and everything else that was weighed. */
export type Choice = {
  readonly type: 'act'
  readonly chosen: Candidate
  /** Net benefit of the action and of the best that follows it. [USD] */
  readonly net: number
  readonly rest: readonly (Candidate | Refusal)[]
}

/** Nothing is worth its price. */
export type Hold = { readonly type: 'hold'; readonly all: readonly (Candidate | Refusal)[] }

type Weighing = {
  readonly context: CandidateContext
  readonly domain: DomainAssessment
  readonly standing: Standing
  /** An urgent domain takes the best there is, whatever it costs. */
  readonly urgent: boolean
}

/**
 * Chooses what to do next for a domain: the action with the largest net benefit, or to hold.
 *
 * An action without a trade that falls short of the goal is weighed with the best that could follow it: what the reserve
 * pays for need not be sold.
 */
export function chooseAction(p: Weighing): Choice | Hold {
  const all = candidatesOf(p.context, p.domain, p.standing)
  let best: Choice | null = null
  for (const each of all) {
    if (each.type === 'refused' || !isWorthwhile(each, p)) continue
    const net = netOf(each) + (each.market === null ? followUp(each, p) : 0)
    if (best === null || net > best.net)
      best = { type: 'act', chosen: each, net, rest: all.filter((other) => other !== each) }
  }
  return best ?? { type: 'hold', all }
}

/** Ln health short of the goal that needs no second action. */
const ENOUGH = 1e-3

/** Net benefit of the best trade after an action; 0 where it has reached the goal or none is worth it. [USD] */
function followUp(first: Candidate, p: Weighing): number {
  const { setting, valuation } = p.context
  const ledger = enter(setting.ledger, first.action, first.market)
  const standing = valuation.standing(ledger, p.domain.domain)
  if (standing === null) return 0
  // The goal is of the loan as it was: what has come nearer to it needs less.
  if (standing.loan.lnHealth >= goalOf(p.standing) - ENOUGH) return 0
  const context = { ...p.context, setting: { ...setting, ledger } }
  let most = 0
  for (const next of candidatesOf(context, p.domain, standing, 'trades'))
    if (next.type === 'possible' && isWorthwhile(next, p)) most = Math.max(most, netOf(next))
  return most
}

function isWorthwhile(
  { benefit, cost }: Candidate,
  {
    urgent,
    context,
  }: Weighing & { readonly context: { readonly config: DynamicProgrammingConfig } },
): boolean {
  return benefit > 0 && (urgent || cost <= benefit * context.config.maxCostOverBenefit)
}
