import { type Action, InvalidInputError, type Plan, type RebalanceEngine } from '@plimsoll/domain'
import type { Assessment, DomainAssessment } from './Assessment.ts'
import { describeForbidden, type Permission } from './breakers/effectsOf.ts'
import { describeHealth, describeUsd } from './describe.ts'
import { heldBy, type Ledger, openLedger } from './Ledger.ts'
import type { Lever, LeverSetting } from './Lever.ts'
import { leverSetting } from './leverSetting.ts'
import { addFromReserve } from './levers/addFromReserve.ts'
import { boost } from './levers/boost.ts'
import { cancelExpired } from './levers/cancelExpired.ts'
import { deleverage } from './levers/deleverage.ts'
import { exchangeFromDonor } from './levers/exchangeFromDonor.ts'
import { hedgeDelta } from './levers/hedgeDelta.ts'
import { reducePerp } from './levers/reducePerp.ts'
import { repayFromReserve } from './levers/repayFromReserve.ts'
import { transferFromDonor } from './levers/transferFromDonor.ts'
import { parseStaticThresholdConfig } from './parseStaticThresholdConfig.ts'
import { permissionOf } from './permissionOf.ts'
import type { Routes } from './Routes.ts'
import { restore } from './restore.ts'
import type { StaticThresholdConfig, Thresholds } from './StaticThresholdConfig.ts'

/** Name of the engine in plans and logs. */
const NAME = 'static-threshold'

/**
 * Creates the engine of today's automations: restore a fallen health factor, boost a risen one.
 *
 * Every domain below its limit, the weakest first, is brought to its target by the levers in order of footprint: repay
 * from the reserve, add collateral from it, transfer from a stronger domain, through a stable swap if need be, then sell (deleverage a loan, reduce a
 * perp). A perp account reduces first unless `perp.prefer` is `margin`. Levers are combined until the target is
 * reached; what is spent for one domain is gone for the next. A domain without equity is left alone: what is paid in
 * there pays others' losses, and the reserve is the other domains'. So is a perp account whose trade waits to be filled; a trade that
 * nobody filled in time is cancelled. Hedges and boosts come only when every domain is above
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
      const late = cancelAll(open)
      const waiting = frame.perps.flatMap(({ domain }) => heldBy(open, domain) ?? [])
      if (troubled.length === 0 && late.length === 0)
        return discretionary(open, assessment, config, p.routes, waiting)

      let ledger = open
      const actions: Action[] = []
      const whys: string[] = []
      for (const domain of troubled) {
        const limits = limitsOf(config, domain)
        const held = heldBy(open, domain.domain)
        if (held !== null) {
          whys.push(
            `${domain.domain}: health ${describeHealth(domain.healthFactor)} is below ${limits.restoreBelow}; left alone until its order is filled or cancelled.`,
          )
          continue
        }
        if (domain.equity <= 0) {
          whys.push(
            `${domain.domain}: health ${describeHealth(domain.healthFactor)} is below ${limits.restoreBelow}; its equity is ${describeUsd(domain.equity)}, so nothing is left to save.`,
          )
          continue
        }
        const setting = settingOf({ ledger, assessment, domain, config, routes: p.routes })
        const permission = permissionOf({
          frame,
          assessment,
          domain,
          actBelow: limits.restoreBelow,
        })
        const outcome = restore(
          { ...setting, domain: domain.domain, target: limits.restoreTo },
          { below: limits.restoreBelow, levers: leversOf(config, domain, permission) },
        )
        ledger = outcome.ledger
        actions.push(...outcome.actions)
        whys.push(outcome.why)
        if (!permission.allowSwap) whys.push(describeForbidden(domain.domain, permission))
      }
      actions.push(...late)
      whys.push(...waiting.map((why) => `${why}.`), ...late.map(({ why }) => why))
      return { engine: NAME, actions, why: whys.join(' ') }
    },
  }
}

/** Cancellations of every order that nobody filled in time. */
function cancelAll(ledger: Ledger): readonly Action[] {
  return ledger.frame.perps.flatMap((position) => {
    const step = cancelExpired(ledger, position)
    return step.type === 'act' ? [step.action] : []
  })
}

/** What is done when nothing is in trouble. */
function discretionary(
  ledger: Ledger,
  assessment: Assessment,
  config: StaticThresholdConfig,
  routes: Routes,
  waiting: readonly string[],
): Plan {
  const weakest = assessment.domains.find(({ domain }) => domain === assessment.weakest)
  const state =
    weakest === undefined
      ? 'nothing is levered'
      : `weakest ${weakest.domain} at health ${describeHealth(weakest.healthFactor)}, above ${limitsOf(config, weakest).restoreBelow}`
  const hold = (why: string): Plan => ({ engine: NAME, actions: [], why: `Hold: ${state}${why}.` })
  const skipped: string[] = [...waiting]
  if (assessment.diverged)
    return hold(['', ...waiting, 'oracle and market diverge, so hedge and boost wait'].join('; '))
  if (assessment.breakers.overall !== 'green')
    return hold(
      [
        '',
        ...waiting,
        `hedge and boost wait while breakers are ${assessment.breakers.overall}`,
      ].join('; '),
    )

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
  readonly domain: DomainAssessment | null
  readonly config: StaticThresholdConfig
  readonly routes: Routes
}): LeverSetting {
  const { config } = p
  return leverSetting({
    ...p,
    limits: config,
    floorOf: (donor) => limitsOf(config, donor).donorFloor,
  })
}

const limitsOf = (
  config: StaticThresholdConfig,
  { type, venue }: Pick<DomainAssessment, 'type' | 'venue'>,
): Thresholds => config.venues?.[venue] ?? (type === 'lending' ? config : config.perp)

function leversOf(
  config: StaticThresholdConfig,
  { type }: Pick<DomainAssessment, 'type'>,
  { allowSwap }: Permission,
): readonly Lever[] {
  if (!allowSwap)
    return type === 'lending'
      ? [repayFromReserve, addFromReserve, transferFromDonor]
      : [addFromReserve, transferFromDonor]
  const donors = [transferFromDonor, exchangeFromDonor]
  if (type === 'lending') return [repayFromReserve, addFromReserve, ...donors, deleverage]
  return config.perp.prefer === 'reduce'
    ? [reducePerp, addFromReserve, ...donors]
    : [addFromReserve, ...donors, reducePerp]
}

function assertRoutes({ flashLoan }: Routes): void {
  if (flashLoan !== null && !(flashLoan.fee >= 0 && flashLoan.fee < 0.1))
    throw new InvalidInputError({
      field: 'routes.flashLoan.fee',
      found: flashLoan.fee,
      allowed: 'a share from 0 to 0.1',
    })
}
