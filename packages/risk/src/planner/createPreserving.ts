import {
  type Action,
  type AssetId,
  type DomainId,
  type Frame,
  type LendingPosition,
  type PerpPosition,
  type Plan,
  type RebalanceEngine,
  worseHealth,
} from '@plimsoll/domain'
import type { Assessment, DomainAssessment } from '../Assessment.ts'
import { createOutlook, type Outlook } from '../createOutlook.ts'
import { domainOf, factorOf, heldBy, type Ledger, openLedger } from '../Ledger.ts'
import type { Lever } from '../Lever.ts'
import { leverSetting, type TradeLimits } from '../leverSetting.ts'
import { addFromReserve } from '../levers/addFromReserve.ts'
import { reducePerp } from '../levers/reducePerp.ts'
import { repayFromReserve } from '../levers/repayFromReserve.ts'
import { transferFromDonor } from '../levers/transferFromDonor.ts'
import { permissionOf } from '../permissionOf.ts'
import { projectFrame } from '../projectFrame.ts'
import type { Routes } from '../Routes.ts'
import { restore } from '../restore.ts'
import { healthAtProbability } from './healthAtProbability.ts'

/** What preserving capital aims at. */
export type PreservingConfig = TradeLimits & {
  /** P(any domain is liquidated within 24 h) to reach, shared out evenly over the domains. */
  readonly targetProbability24h: number
}

/**
 * Creates the engine of capital preservation: what the normal engine plans, and then whatever brings the probability of
 * any liquidation within a day to its target without selling spot.
 *
 * Reserves repay and back, collateral moves from domains that stay at their own target, perps shrink. Spot is sold by the
 * normal engine alone: a sale for the sake of a probability waits until trading is dear.
 *
 * @see RISK.md part D
 */
export function createPreserving(p: {
  readonly engine: RebalanceEngine<Assessment>
  readonly config: PreservingConfig
  readonly routes: Routes
}): RebalanceEngine<Assessment> {
  const { engine, config, routes } = p
  return {
    name: engine.name,
    plan(frame, assessment): Plan {
      const plan = engine.plan(frame, assessment)
      const planned = projectFrame(frame, plan.actions)
      const outlook = createOutlook({
        ...assessment.outlook,
        assets: assetsOf(planned),
        config: assessment.outlook.law,
      })
      let ledger = openLedger(planned, routes.reserve)
      for (const action of plan.actions)
        for (const intent of action.intents)
          if (intent.type === 'trade')
            ledger = { ...ledger, ordered: new Set([...ledger.ordered, intent.domain]) }
      const levered = assessment.domains.filter(({ probabilities }) => probabilities !== null)
      const target = config.targetProbability24h / Math.max(1, levered.length)
      const floors = new Map<DomainId, number>()
      const floorOf = ({ domain }: LendingPosition | PerpPosition): number => {
        const known = floors.get(domain)
        if (known !== undefined) return known
        const floor = floorAt(outlook, ledger, domain, target) ?? Number.POSITIVE_INFINITY
        floors.set(domain, floor)
        return floor
      }

      const actions: Action[] = []
      const whys: string[] = []
      const worstFirst = levered.toSorted(
        (a, b) => (b.probabilities?.h24 ?? 0) - (a.probabilities?.h24 ?? 0),
      )
      for (const domain of worstFirst) {
        if (domain.equity <= 0 || heldBy(ledger, domain.domain) !== null) continue
        const goal = floorAt(outlook, ledger, domain.domain, target)
        if (goal === null || factorOf(ledger, domain.domain) >= goal) continue
        const { allowSwap } = permissionOf({ frame, assessment, domain, actBelow: goal })
        const setting = leverSetting({
          ledger,
          assessment,
          domain,
          limits: config,
          routes,
          floorOf,
        })
        const outcome = restore(
          { ...setting, domain: domain.domain, target: goal },
          { below: goal, levers: leversOf(domain, allowSwap) },
        )
        ledger = outcome.ledger
        actions.push(...outcome.actions)
        if (outcome.actions.length > 0)
          whys.push(
            `Preserving capital: P(liquidation within 24 h) of ${domain.domain} to ${target.toPrecision(2)}.`,
            ...outcome.actions.map(({ why }) => why),
          )
      }
      if (actions.length === 0) return plan
      return { ...plan, actions: [...plan.actions, ...actions], why: [plan.why, ...whys].join(' ') }
    },
  }
}

/** Everything that domains move with, or will once what the wallet and other domains hold has gone there. */
const assetsOf = ({ portfolio }: Frame): readonly AssetId[] => [
  ...new Set([
    ...portfolio.domains.flatMap(({ assets }) => assets),
    ...portfolio.spot.map(({ token }) => token.asset),
  ]),
]

const LENDING: readonly Lever[] = [repayFromReserve, addFromReserve, transferFromDonor]

const leversOf = ({ type }: DomainAssessment, mayTrade: boolean): readonly Lever[] =>
  type === 'lending'
    ? LENDING
    : [addFromReserve, transferFromDonor, ...(mayTrade ? [reducePerp] : [])]

/** Health at which a domain's probability is at the target; null where none is. */
function floorAt(outlook: Outlook, ledger: Ledger, id: DomainId, target: number): number | null {
  const domain = domainOf(ledger, id)
  const { prices } = worseHealth(domain, ledger.frame)
  const health = factorOf(ledger, id)
  if (health === Number.POSITIVE_INFINITY) return 0
  if (health <= 0) return null
  return healthAtProbability({ outlook, domain, prices, health, target })
}
