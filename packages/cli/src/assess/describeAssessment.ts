import type { Frame } from '@plimsoll/domain'
import type { Assessment, DomainAssessment, ScenarioOutcome } from '@plimsoll/risk'
import { healthText } from '../demo/healthText.ts'
import { money } from '../demo/money.ts'

/** Scenarios that are shown unless all are asked for. */
const SHOWN = 5

/** An assessment for people. */
export function describeAssessment(p: {
  readonly frame: Frame
  readonly assessment: Assessment
  readonly labelOf: (domain: string) => string
  readonly everyScenario: boolean
  /** False where there is nothing that circuit breakers could compare. */
  readonly hasSources: boolean
}): string {
  const { frame, assessment, labelOf } = p
  const { any24h, stress, breakers } = assessment
  const levered = assessment.domains.filter(({ health }) => health.type !== 'unlevered')
  const width = Math.max(12, ...levered.map(({ domain }) => labelOf(domain).length))
  const lines = [
    `Equity ${money(assessment.equity)}, regime ${assessment.regime}, breakers ${p.hasSources ? breakers.overall : 'not judged, for a file has no sources'}${frame.block.number > 0n ? `, block ${frame.block.number}` : ''}`,
    '',
    `${'P(liquidation within)'.padEnd(width + 10)}${['15 min', '1 h', '4 h', '24 h'].map((name) => name.padStart(11)).join('')}   liquidated at`,
    ...levered.map((domain) => domainLine(domain, labelOf(domain.domain), width)),
  ]
  if (levered.length === 0) lines.push('Nothing is owed.')
  if (any24h !== null && levered.length > 1)
    lines.push(
      `${'any of them'.padEnd(width + 10 + 33)}${share(any24h.estimate).padStart(11)}   between ${share(any24h.lower)} and ${share(any24h.upper)}`,
    )
  const unknown = levered.filter(({ probabilities }) => probabilities === null)
  if (unknown.length > 0)
    lines.push(
      `No probability for ${unknown.map(({ domain }) => labelOf(domain)).join(', ')}: an asset has no forecast (--volatility ETH=0.8,BTC=0.6).`,
    )
  lines.push(
    '',
    `Net exposure  ${[...assessment.delta].map(([asset, value]) => `${asset} ${money(value)}`).join(', ') || 'none'}`,
    '',
    `Stress, all venues at once (${stress.outcomes.length} scenarios)`,
    ...(p.everyScenario
      ? stress.outcomes
      : stress.outcomes.toSorted((a, b) => b.loss - a.loss).slice(0, SHOWN)
    ).map((outcome) => scenarioLine(outcome, labelOf)),
  )
  const alarms = breakers.checks.filter(({ level }) => level !== 'green')
  if (alarms.length > 0)
    lines.push(
      '',
      'Breakers',
      ...alarms.map(
        ({ rule, subject, level, found, limit }) =>
          `  ${level.padEnd(6)}${rule} of ${subject}: found ${number(found)}, limit ${number(limit)}`,
      ),
    )
  return lines.join('\n')
}

function domainLine(domain: DomainAssessment, label: string, width: number): string {
  const { probabilities } = domain
  const chances =
    probabilities === null
      ? ['–', '–', '–', '–']
      : [probabilities.m15, probabilities.h1, probabilities.h4, probabilities.h24].map(share)
  const prices = domain.liquidationPrices.flatMap(({ asset, price, move }) =>
    price === null || move === null || Math.abs(move) > 5 || Math.abs(move) < 1e-9
      ? []
      : [`${asset} ${money(price)} (${move > 0 ? '+' : ''}${(100 * move).toFixed(1)} %)`],
  )
  return `${label.padEnd(width)}  ${healthText(Number.isFinite(domain.healthFactor) ? domain.healthFactor : null).padStart(7)} ${chances.map((chance) => chance.padStart(11)).join('')}   ${prices.join(' or ')}`
}

function scenarioLine(outcome: ScenarioOutcome, labelOf: (domain: string) => string): string {
  const { first, liquidated } = outcome
  const who =
    first === null
      ? 'nobody is liquidated'
      : `${labelOf(first.domain)} is liquidated first, ${(100 * first.at).toFixed(0)} % of the way${liquidated.length > 1 ? `, ${liquidated.length} domains in all` : ''}${outcome.bonus > 0 ? `, ${money(outcome.bonus)} to liquidators` : ''}`
  return `  ${outcome.scenario.padEnd(42)} ${money(-outcome.loss).padStart(12)}   ${who}`
}

/** Two significant digits, and no false precision below a ten-thousandth of a per cent. */
function share(value: number): string {
  if (value === 0) return '0 %'
  return value < 1e-6 ? '<0.0001 %' : `${Number((100 * value).toPrecision(2))} %`
}

const number = (value: number | null): string =>
  value === null ? 'nothing' : String(Number(value.toPrecision(3)))
