import { type Action, InvalidInputError, type Plan, type RebalanceEngine } from '@plimsoll/domain'
import type { Assessment, DomainAssessment } from './Assessment.ts'
import { describeHealth, describeUsd } from './describe.ts'
import { isImminent } from './isImminent.ts'
import { type Ledger, openLedger } from './Ledger.ts'
import type { Lever, LeverSetting } from './Lever.ts'
import { addFromReserve } from './levers/addFromReserve.ts'
import { boost } from './levers/boost.ts'
import { deleverage } from './levers/deleverage.ts'
import { hedgeDelta } from './levers/hedgeDelta.ts'
import { reducePerp } from './levers/reducePerp.ts'
import { repayFromReserve } from './levers/repayFromReserve.ts'
import { transferFromDonor } from './levers/transferFromDonor.ts'
import { parseStaticThresholdConfig } from './parseStaticThresholdConfig.ts'
import type { Routes } from './Routes.ts'
import { restore } from './restore.ts'
import type { StaticThresholdConfig } from './StaticThresholdConfig.ts'

/** Name of the engine in plans and logs. */
const NAME = 'static-threshold'
/** Below this health every cent counts: `minActionUsd` is not looked at. */
const URGENT_HEALTH = 1.05
/** Smallest step at all. [USD] */
const DUST_USD = 0.01

/**
 * Creates the engine of today's automations: restore a fallen health factor, boost a risen one.
 *
 * Every domain below its limit, the weakest first, is brought to its target by the levers in order of footprint: repay
 * from the reserve, add collateral from it, transfer from a stronger domain, then sell (deleverage a loan, reduce a
 * perp). A perp account reduces first unless `perp.prefer` is `margin`. Levers are combined until the target is
 * reached; what is spent for one domain is gone for the next. A domain without equity is left alone: what is paid in
 * there pays others' losses, and the reserve is the other domains'. Hedges and boosts come only when every domain is above
 * its limit and oracle and market agree; boosts only in calm.
 *
 * @throws InvalidInputError when the configuration or the routes are out of range.
 * @see RISK.md part C
 */
export function createStaticThreshold(p: {
  readonly config: StaticThresholdConfig
  readonly routes: Routes
}): RebalanceEngine<Assessment> {
  const config = parseStaticThresholdConfig(p.config)
  assertRoutes(p.routes)
  return {
    name: NAME,
    plan(frame, assessment): Plan {
      const open = openLedger(frame, p.routes.reserve)
      const troubled = assessment.domains
        .filter((domain) => domain.healthFactor < limitsOf(config, domain).restoreBelow)
        .toSorted((a, b) => a.healthFactor - b.healthFactor)
      if (troubled.length === 0) return discretionary(open, assessment, config, p.routes)

      let ledger = open
      const actions: Action[] = []
      const whys: string[] = []
      for (const domain of troubled) {
        const limits = limitsOf(config, domain)
        if (domain.equity <= 0) {
          whys.push(
            `${domain.domain}: health ${describeHealth(domain.healthFactor)} is below ${limits.restoreBelow}; its equity is ${describeUsd(domain.equity)}, so nothing is left to save.`,
          )
          continue
        }
        const setting = settingOf({ ledger, assessment, domain, config, routes: p.routes })
        const outcome = restore(
          { ...setting, domain: domain.domain, target: limits.restoreTo },
          { below: limits.restoreBelow, levers: leversOf(config, domain) },
        )
        ledger = outcome.ledger
        actions.push(...outcome.actions)
        whys.push(outcome.why)
      }
      return { engine: NAME, actions, why: whys.join(' ') }
    },
  }
}

/** What is done when nothing is in trouble. */
function discretionary(
  ledger: Ledger,
  assessment: Assessment,
  config: StaticThresholdConfig,
  routes: Routes,
): Plan {
  const weakest = assessment.domains.find(({ domain }) => domain === assessment.weakest)
  const state =
    weakest === undefined
      ? 'nothing is levered'
      : `weakest ${weakest.domain} at health ${describeHealth(weakest.healthFactor)}, above ${limitsOf(config, weakest).restoreBelow}`
  const hold = (why: string): Plan => ({ engine: NAME, actions: [], why: `Hold: ${state}${why}.` })
  if (assessment.diverged) return hold('; oracle and market diverge, so hedge and boost wait')

  const skipped: string[] = []
  if (config.hedge !== null) {
    const setting = settingOf({ ledger, assessment, domain: null, config, routes })
    const step = hedgeDelta(setting, assessment, config.hedge)
    if (step.type === 'act') return { engine: NAME, actions: [step.action], why: step.action.why }
    skipped.push(step.why)
  }
  if (config.boostAbove !== null && assessment.regime === 'calm')
    for (const domain of assessment.domains) {
      if (domain.type !== 'lending' || domain.health.type !== 'solvent') continue
      if (domain.healthFactor <= config.boostAbove) continue
      const setting = settingOf({ ledger, assessment, domain, config, routes })
      const step = boost({ ...setting, domain: domain.domain, target: config.boostTo })
      if (step.type === 'act')
        return {
          engine: NAME,
          actions: [step.action],
          why: `${domain.domain}: health ${describeHealth(domain.healthFactor)} is above ${config.boostAbove}. ${step.action.why}`,
        }
      skipped.push(step.why)
    }
  return hold(skipped.length === 0 ? '' : `; ${skipped.join('; ')}`)
}

function settingOf(p: {
  readonly ledger: Ledger
  readonly assessment: Assessment
  /** Null for what serves the whole book. */
  readonly domain: DomainAssessment | null
  readonly config: StaticThresholdConfig
  readonly routes: Routes
}): LeverSetting {
  const { assessment, domain, config } = p
  const urgent = domain !== null && domain.healthFactor < URGENT_HEALTH
  const cap =
    domain !== null && isImminent(domain)
      ? config.maxSlippageBps.floor
      : config.maxSlippageBps[assessment.regime]
  return {
    ledger: p.ledger,
    routes: p.routes,
    donorFloor: { lending: config.donorFloor, perp: config.perp.donorFloor },
    minUsd: urgent ? DUST_USD : Math.max(DUST_USD, config.minActionUsd),
    slippageCap: cap / 10_000,
    sigma24h: assessment.sigma24h,
  }
}

const limitsOf = (
  config: StaticThresholdConfig,
  { type }: Pick<DomainAssessment, 'type'>,
): { readonly restoreBelow: number; readonly restoreTo: number } =>
  type === 'lending' ? config : config.perp

function leversOf(
  config: StaticThresholdConfig,
  { type }: Pick<DomainAssessment, 'type'>,
): readonly Lever[] {
  if (type === 'lending') return [repayFromReserve, addFromReserve, transferFromDonor, deleverage]
  return config.perp.prefer === 'reduce'
    ? [reducePerp, addFromReserve, transferFromDonor]
    : [addFromReserve, transferFromDonor, reducePerp]
}

function assertRoutes({ flashLoan, perps }: Routes): void {
  if (flashLoan !== null && !(flashLoan.fee >= 0 && flashLoan.fee < 0.1))
    throw new InvalidInputError({
      field: 'routes.flashLoan.fee',
      found: flashLoan.fee,
      allowed: 'a share from 0 to 0.1',
    })
  for (const { market, maintenanceMarginRatio: ratio } of perps)
    if (!(ratio > 0 && ratio < 1))
      throw new InvalidInputError({
        field: `routes.perps ${market} maintenanceMarginRatio`,
        found: ratio,
        allowed: 'a share above 0, below 1',
      })
}
