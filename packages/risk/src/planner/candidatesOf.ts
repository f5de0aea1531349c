import type { ActionType } from '@plimsoll/domain'
import type { DomainAssessment } from '../Assessment.ts'
import { describeForbidden, type Permission } from '../breakers/effectsOf.ts'
import { domainOf } from '../Ledger.ts'
import type { Lever, LeverSetting } from '../Lever.ts'
import { addFromReserve } from '../levers/addFromReserve.ts'
import { deleverage } from '../levers/deleverage.ts'
import { exchangeFromDonor } from '../levers/exchangeFromDonor.ts'
import { reducePerp } from '../levers/reducePerp.ts'
import { repayFromReserve } from '../levers/repayFromReserve.ts'
import { transferFromDonor } from '../levers/transferFromDonor.ts'
import type { Candidate, Refusal } from './Candidate.ts'
import { goalOf, type Standing, type Valuation } from './createValuation.ts'
import type { DynamicProgrammingConfig } from './DynamicProgrammingConfig.ts'
import { hedgeLoan } from './hedgeLoan.ts'
import { lnHealthAt, ownHealth } from './loanEquivalent.ts'
import { type Preview, weighAction } from './weighAction.ts'

/** What candidates are made from. */
export type CandidateContext = {
  readonly setting: LeverSetting
  readonly valuation: Valuation
  readonly config: DynamicProgrammingConfig
  readonly preview: Preview | null
  /** What the circuit breakers leave for this domain. */
  readonly permission: Permission
}

type Named = { readonly type: ActionType; readonly pull: Lever; readonly trades: boolean }

const LENDING: readonly Named[] = [
  { type: 'repay', pull: repayFromReserve, trades: false },
  { type: 'add-collateral', pull: addFromReserve, trades: false },
  { type: 'transfer', pull: transferFromDonor, trades: false },
  { type: 'transfer', pull: exchangeFromDonor, trades: true },
  { type: 'deleverage', pull: deleverage, trades: true },
]
const PERP: readonly Named[] = [
  { type: 'reduce', pull: reducePerp, trades: true },
  { type: 'add-collateral', pull: addFromReserve, trades: false },
  { type: 'transfer', pull: transferFromDonor, trades: false },
  { type: 'transfer', pull: exchangeFromDonor, trades: true },
]

/**
 * Everything that could be done for one domain now, or all that trades, weighed: each lever to the band's target and,
 * where it costs next to nothing, on to the target leverage.
 */
export function candidatesOf(
  context: CandidateContext,
  domain: DomainAssessment,
  standing: Standing,
  only?: 'trades',
): readonly (Candidate | Refusal)[] {
  const { setting, config, valuation, preview, permission } = context
  const { ledger } = setting
  const id = domain.domain
  const found: (Candidate | Refusal)[] = []
  const { loan, policy } = standing
  const near = Math.max(goalOf(standing), loan.lnHealth)
  const far = Math.min(lnHealthAt(loan.threshold, policy.targetLeverage), near + MOST_BEYOND)
  for (const { type, pull, trades } of domain.type === 'lending' ? LENDING : PERP) {
    if (only === 'trades' && !trades) continue
    if (trades && !permission.allowSwap) {
      found.push({
        type: 'refused',
        lever: type,
        domain: id,
        why: describeForbidden(type, permission),
      })
      continue
    }
    const targets = !trades && far > near + 1e-6 ? [near, far] : [near]
    let before: bigint | null = null
    for (const target of targets) {
      const step = pull({
        ...setting,
        domain: id,
        target: ownHealth(domainOf(ledger, id), loan, target),
      })
      if (step.type === 'skip') {
        found.push({ type: 'refused', lever: type, domain: id, why: step.why })
        break
      }
      const size = sizeOf(step.action)
      if (size === before) break // its limit was reached before the nearer target
      before = size
      const weighed = weighAction({
        action: step.action,
        market: step.market,
        ledger,
        valuation,
        config,
        preview,
      })
      found.push(raising(weighed))
    }
  }
  if (domain.type === 'lending' && config.hedge !== null && permission.allowSwap)
    found.push(hedged(context, id, standing, near))
  return found
}

/** How far beyond the band's target a costless lever is tried, in ln health. */
const MOST_BEYOND = 0.5

function hedged(
  context: CandidateContext,
  domain: string,
  standing: Standing,
  target: number,
): Candidate | Refusal {
  const { setting, config } = context
  const { hedge } = config
  const refuse = (why: string): Refusal => ({ type: 'refused', lever: 'hedge', domain, why })
  if (hedge === null) return refuse('hedge: switched off')
  const step = hedgeLoan(setting, {
    domain,
    standing,
    target,
    minPerpHealth: hedge.minPerpHealth,
  })
  if (step.type === 'skip') return refuse(step.why)
  const { assets, debt, equity, threshold, lnHealth } = standing.loan
  const sold = step.hedged ?? 0
  const as = Math.log((threshold * (assets - sold)) / (debt - sold))
  const { value } = standing.policy
  const gain = value(lnHealth) - value(Number.isFinite(as) ? as : lnHealth)
  return weighAction({
    action: step.action,
    market: step.market,
    ledger: setting.ledger,
    valuation: context.valuation,
    config,
    preview: context.preview,
    beside: hedge.transferability * equity * Math.max(0, gain),
  })
}

/** An action that leaves its domain's health where it was, or lower, is none. */
function raising(weighed: Candidate | Refusal): Candidate | Refusal {
  if (weighed.type === 'refused') return weighed
  const { type, domain, healthBefore, healthAfter } = weighed.action
  if (healthAfter > healthBefore) return weighed
  return { type: 'refused', lever: type, domain, why: `${type}: would not raise health` }
}

function sizeOf({ intents: [first] }: { readonly intents: Candidate['action']['intents'] }) {
  if (first === undefined) return 0n
  if (first.type === 'swap') return first.amountIn
  if (first.type === 'trade') return first.size
  return first.type === 'cancel' ? 0n : first.raw
}
