import {
  type Action,
  type Consideration,
  type DomainId,
  type LendingPosition,
  type PerpPosition,
  type Plan,
  type RebalanceEngine,
  worseHealth,
} from '@plimsoll/domain'
import type { Assessment, DomainAssessment } from '../Assessment.ts'
import { createOutlook } from '../createOutlook.ts'
import { describeHealth, describeUsd } from '../describe.ts'
import { domainOf, enter, heldBy, type Ledger, openLedger } from '../Ledger.ts'
import { leverSetting } from '../leverSetting.ts'
import { boost } from '../levers/boost.ts'
import { cancelExpired } from '../levers/cancelExpired.ts'
import { permissionOf } from '../permissionOf.ts'
import type { PolicyTable } from '../policy/PolicyTable.ts'
import type { Routes } from '../Routes.ts'
import type { Candidate } from './Candidate.ts'
import { type Choice, chooseAction } from './chooseAction.ts'
import { chosenLine, holdWhy, lineOf, rejected } from './considerations.ts'
import { createValuation, goalOf, type Standing } from './createValuation.ts'
import type { DynamicProgrammingConfig } from './DynamicProgrammingConfig.ts'
import { ownHealth } from './loanEquivalent.ts'
import { parseDynamicProgrammingConfig } from './parseDynamicProgrammingConfig.ts'
import { type Preview, weighAction } from './weighAction.ts'

/** Name of the engine in plans and logs. */
const NAME = 'dynamic-programming'
/** Steps that one plan may have. */
const MOST_STEPS = 16
/** Ln health short of the target that counts as reached. */
const TOLERANCE = 1e-3

/**
 * Creates the engine that acts by policy tables: when a domain leaves its band, the way back that costs least.
 *
 * The table says when and how far, since acting early and little while trading is cheap, and least in stress, is what a
 * threshold cannot do. What it says is for a loan in general; which of the actions that are possible now takes the
 * domain back is decided on their quotes: benefit is the fall of the policy's cost-to-go over all domains touched, cost
 * what is paid for it, and the largest difference is taken, again and again until every domain is back in its band or
 * nothing is worth its price. Holding is always one of the choices. Every choice is in the plan with its runners-up.
 *
 * @param p.table - Solved for one risk tolerance.
 * @param p.preview - What the governor would say, so that nothing is planned which it denies; null where there is none.
 * @throws InvalidInputError when the configuration is out of range.
 * @see RISK.md part C
 */
export function createDynamicProgramming(p: {
  readonly config: DynamicProgrammingConfig
  readonly table: PolicyTable
  readonly routes: Routes
  readonly preview?: Preview | null
}): RebalanceEngine<Assessment> {
  const config = parseDynamicProgrammingConfig(p.config)
  const { table, routes } = p
  const preview = p.preview ?? null

  return {
    name: NAME,
    plan(frame, assessment): Plan {
      const valuation = createValuation({ table, config, assessment })
      let ledger = openLedger(frame, routes.reserve)
      const standings = new Map<DomainId, Standing>()
      for (const { domain } of assessment.domains) {
        const standing = valuation.standing(ledger, domain)
        if (standing !== null) standings.set(domain, standing)
      }
      const floorOf = ({ domain, type }: LendingPosition | PerpPosition): number => {
        const standing = standings.get(domain)
        return standing === undefined ? 0 : ownHealth({ type }, standing.loan, goalOf(standing))
      }
      const settingFor = (domain: DomainAssessment) =>
        leverSetting({ ledger, assessment, domain, limits: config, routes, floorOf })

      const actions: Action[] = []
      const considered: Consideration[] = []
      const whys: string[] = []
      const open = new Map<DomainId, DomainAssessment>()
      for (const domain of assessment.domains) {
        const standing = standings.get(domain.domain)
        const trigger = triggerOf(domain, standing, config)
        if (trigger === null) continue
        const held = heldBy(ledger, domain.domain)
        if (held !== null)
          whys.push(`${trigger}; left alone until its order is filled or cancelled.`)
        else if (domain.equity <= 0)
          whys.push(
            `${trigger}; its equity is ${describeUsd(domain.equity)}, so nothing is left to save.`,
          )
        else {
          open.set(domain.domain, domain)
          whys.push(`${trigger}.`)
        }
      }

      for (let step = 0; step < MOST_STEPS && open.size > 0; step++) {
        let best: Choice | null = null
        for (const domain of open.values()) {
          const standing = valuation.standing(ledger, domain.domain)
          if (standing === null || isBack(standing)) {
            open.delete(domain.domain)
            continue
          }
          const urgent = isUrgent(domain, config)
          const choice = chooseAction({
            context: {
              setting: settingFor(domain),
              valuation,
              config,
              preview,
              permission: permissionOf({
                frame,
                assessment,
                domain,
                actBelow: actBelowOf(domain, standing, urgent),
              }),
            },
            domain,
            standing,
            urgent,
          })
          if (choice.type === 'hold') {
            considered.push(...rejected(domain, choice.all))
            whys.push(holdWhy(domain, choice.all))
            open.delete(domain.domain)
          } else if (best === null || choice.net > best.net) best = choice
        }
        if (best === null) break
        const { chosen, rest } = best
        ledger = enter(ledger, chosen.action, chosen.market)
        actions.push(judged(chosen, assessment, ledger))
        considered.push(chosenLine(chosen), ...rest.map(lineOf))
        whys.push(chosen.action.why)
      }

      for (const position of frame.perps) {
        const step = cancelExpired(ledger, position)
        if (step.type !== 'act') continue
        actions.push(step.action)
        whys.push(step.action.why)
      }
      if (actions.length === 0 && open.size === 0 && whys.length === 0)
        return discretionary({ ledger, assessment, standings, valuation })
      return { engine: NAME, actions, why: whys.join(' '), considered }
    },
  }

  /** What is done when every domain is in its band or above. */
  function discretionary(q: {
    readonly ledger: Ledger
    readonly assessment: Assessment
    readonly standings: ReadonlyMap<DomainId, Standing>
    readonly valuation: ReturnType<typeof createValuation>
  }): Plan {
    const { ledger, assessment, standings, valuation } = q
    const skipped: string[] = []
    if (config.relever && assessment.breakers.overall === 'green' && assessment.regime === 'calm')
      for (const domain of assessment.domains) {
        const standing = standings.get(domain.domain)
        if (standing === undefined || domain.type !== 'lending') continue
        const { releverAbove, releverTo } = standing.policy.bands
        if (releverAbove === null || releverTo === null || standing.loan.lnHealth <= releverAbove)
          continue
        const step = boost({
          ...leverSetting({
            ledger,
            assessment,
            domain,
            limits: config,
            routes,
            floorOf: () => 0,
          }),
          domain: domain.domain,
          target: Math.exp(releverTo),
        })
        if (step.type === 'skip') {
          skipped.push(step.why)
          continue
        }
        const weighed = weighAction({
          action: step.action,
          market: step.market,
          ledger,
          valuation,
          config: { ...config, reservePriceBps: 0 },
          preview,
        })
        if (
          weighed.type === 'possible' &&
          weighed.benefit > weighed.cost / config.maxCostOverBenefit
        )
          return {
            engine: NAME,
            actions: [judged(weighed, assessment, enter(ledger, weighed.action, weighed.market))],
            why: `${domain.domain}: health ${describeHealth(domain.healthFactor)} is above ${Math.exp(releverAbove).toFixed(3)}. ${step.action.why}`,
            considered: [chosenLine(weighed)],
          }
        skipped.push(
          weighed.type === 'refused'
            ? weighed.why
            : `boost: ${describeUsd(weighed.cost)} for ${describeUsd(weighed.benefit)}`,
        )
      }
    const weakest = assessment.domains.find(({ domain }) => domain === assessment.weakest)
    const standing = weakest === undefined ? undefined : standings.get(weakest.domain)
    const state =
      weakest === undefined
        ? 'nothing is levered'
        : `weakest ${weakest.domain} at health ${describeHealth(weakest.healthFactor)}${standing === undefined ? '' : `, its band starts at ${describeHealth(ownHealth(weakest, standing.loan, standing.policy.bands.deleverBelow ?? 0))}`}${chanceOf(weakest)}`
    return {
      engine: NAME,
      actions: [],
      why: `Hold: ${[state, ...skipped].join('; ')}.`,
      considered: [],
    }
  }
}

const isBack = (standing: Standing): boolean =>
  standing.loan.lnHealth >= goalOf(standing) - TOLERANCE

/** Healths at the two prices may differ by this share and still be said to agree. */
const AGREEMENT = 0.005

/**
 * Health at market prices below which a domain may trade: its band; its goal where danger asks for more and the market
 * agrees that there is one.
 */
function actBelowOf(domain: DomainAssessment, standing: Standing, urgent: boolean): number {
  const { deleverBelow } = standing.policy.bands
  const goal = ownHealth(domain, standing.loan, goalOf(standing))
  const band = deleverBelow === null ? 0 : ownHealth(domain, standing.loan, deleverBelow)
  return urgent ? Math.max(band, Math.min(goal, domain.healthFactor * (1 + AGREEMENT))) : band
}

/** Why a domain is to be acted on; null when it is not. */
function triggerOf(
  domain: DomainAssessment,
  standing: Standing | undefined,
  config: DynamicProgrammingConfig,
): string | null {
  const health = `${domain.domain}: health ${describeHealth(domain.healthFactor)}`
  if (standing === undefined) return domain.healthFactor < 1 ? `${health} is below 1` : null
  const { loan } = standing
  const { bands, stress } = standing.policy
  const where = `${(100 * stress).toFixed(0)} % of the way from calm to stress`
  if (bands.deleverBelow !== null && loan.lnHealth < bands.deleverBelow)
    return `${health} is below its band, ${describeHealth(ownHealth(domain, loan, bands.deleverBelow))} ${where}${chanceOf(domain)}`
  return isUrgent(domain, config) && !isBack(standing)
    ? `${health} is in its band, and P(liquidation within 1 h) is above ${config.floorProbability1h}`
    : null
}

const isUrgent = (domain: DomainAssessment, config: DynamicProgrammingConfig): boolean =>
  domain.healthFactor < 1 || (domain.probabilities?.h1 ?? 0) > config.floorProbability1h

const chanceOf = ({ probabilities }: DomainAssessment): string =>
  probabilities === null ? '' : `, P(liquidation within 24 h) ${percent(probabilities.h24)}`

/** Two significant digits, and no false precision below a millionth. */
const percent = (share: number): string =>
  share < 1e-6 ? 'below 0.0001 %' : `${Number((share * 100).toPrecision(2))} %`

/** An action with what it is worth, and what it makes of the probability. */
function judged(
  { action, benefit, cost }: Candidate,
  assessment: Assessment,
  after: Ledger,
): Action {
  const before = assessment.domains.find(({ domain }) => domain === action.domain)?.probabilities
  const domain = domainOf(after, action.domain)
  const { prices } = worseHealth(domain, after.frame)
  const then = createOutlook({
    ...assessment.outlook,
    assets: domain.assets,
    config: assessment.outlook.law,
  }).ahead(domain, { worse: prices, venue: prices }).probabilities
  return {
    ...action,
    judgement: {
      benefit,
      cost,
      probability24h:
        before === undefined || before === null || then === null
          ? null
          : { before: before.h24, after: then.h24 },
    },
  }
}
