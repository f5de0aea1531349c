import type { CompiledBook, CompiledMargin } from './compileBook.ts'
import { type CompiledScenario, compileScenarios } from './compileScenarios.ts'
import type { Scenario } from './Scenario.ts'
import type { LiquidatedDomain, ScenarioOutcome, StressReport } from './StressReport.ts'
import { type Leftover, liquidate, openLeftover, type Spill } from './waterfall.ts'

/**
 * Takes a compiled book through scenarios: losses, health, which domain dies first, and what its liquidations would cost.
 *
 * Domains and spot are valued at their own prices times the scenario's factors; perps at their marks' factor on top.
 *
 * @throws InvalidInputError when a factor is not above zero and finite.
 * @see RISK.md part A
 */
export function stressBook(book: CompiledBook, scenarios: readonly Scenario[]): StressReport {
  const working = new Float64Array(book.assets.length)
  const outcomes = compileScenarios(scenarios, book.assets).map((scenario) =>
    runScenario(book, scenario, working),
  )
  let worst: ScenarioOutcome | null = null
  for (const outcome of outcomes) if (worst === null || outcome.loss > worst.loss) worst = outcome
  return {
    equity: book.equity,
    domains: book.domains.map(({ id }) => id),
    outcomes,
    worst,
    withoutDepth: book.withoutDepth,
  }
}

/** @param working - Memory for prices while they fall: one for all scenarios. */
function runScenario(
  book: CompiledBook,
  scenario: CompiledScenario,
  working: Float64Array,
): ScenarioOutcome {
  const { spot, marks } = scenario
  let equityAtMarks = book.constant
  for (let i = 0; i < spot.length; i++)
    equityAtMarks +=
      (book.atSpot[i] ?? 0) * (spot[i] ?? 1) + (book.atMarks[i] ?? 0) * (marks[i] ?? 1)
  const health: number[] = []
  let first: ScenarioOutcome['first'] = null
  let alarmed = false
  for (const domain of book.domains) {
    const { active } = domain
    const own = domain.backing.values
    const must = domain.requirement.values
    const factors = domain.type === 'perp' ? marks : spot
    let backing = domain.backing.constant
    let requirement = domain.requirement.constant
    for (let i = 0; i < active.length; i++) {
      const factor = factors[active[i] ?? 0] ?? 1
      backing += (own[i] ?? 0) * factor
      requirement += (must[i] ?? 0) * factor
    }
    health.push(healthOf(backing, requirement))
    if (requirement > 0 && backing < requirement) alarmed = true
    const at = pathShare(domain, backing - requirement)
    if (at !== null && (first === null || at < first.at)) first = { domain: domain.id, at }
  }
  const spill = alarmed ? liquidateAll(book, scenario, working) : CALM
  return {
    scenario: scenario.name,
    kind: scenario.kind,
    equityAtMarks,
    equityAfter: equityAtMarks - spill.bonus - spill.impact,
    loss: book.equity - equityAtMarks + spill.bonus + spill.impact,
    health,
    first,
    closed: spill.closed,
    bonus: spill.bonus,
    impact: spill.impact,
    rounds: spill.rounds,
    badDebt: spill.badDebt,
    liquidated: spill.liquidated,
  }
}

type Spilled = Pick<
  ScenarioOutcome,
  'closed' | 'bonus' | 'impact' | 'rounds' | 'badDebt' | 'liquidated'
>
const CALM: Spilled = { closed: 0, bonus: 0, impact: 0, rounds: 0, badDebt: 0, liquidated: [] }

/** More rounds than halving any debt to nothing takes. */
const MAX_ROUNDS = 64

/** Liquidates round after round: what is sold in one moves the prices of the next. */
function liquidateAll(book: CompiledBook, from: CompiledScenario, working: Float64Array): Spilled {
  working.set(from.spot)
  const spill: Spill = { spot: working, depth: from.depth }
  const leftovers = book.domains.map((domain) => openLeftover(domain, from))
  let rounds = 0
  for (; rounds < MAX_ROUNDS; rounds++) {
    let closed = false
    for (const leftover of leftovers) if (liquidate(leftover, spill)) closed = true
    if (!closed) break
  }
  let closed = 0
  let bonus = 0
  let slippage = 0
  let fall = 0
  let badDebt = 0
  const liquidated: LiquidatedDomain[] = []
  for (const leftover of leftovers) {
    const left = equityOf(leftover, spill.spot, leftover.premium)
    fall += fallOf(leftover, left)
    slippage += leftover.slippage
    badDebt += Math.max(0, -left)
    if (leftover.closed === 0) continue
    closed += leftover.closed
    bonus += leftover.bonus
    liquidated.push({
      domain: leftover.domain.id,
      closed: leftover.closed,
      bonus: leftover.bonus,
    })
  }
  let held = 0
  for (let i = 0; i < from.spot.length; i++)
    held += (book.spot[i] ?? 0) * ((from.spot[i] ?? 1) - (spill.spot[i] ?? 1))
  return {
    closed,
    bonus,
    impact: slippage + fall + Math.max(0, held),
    rounds,
    badDebt,
    liquidated,
  }
}

/**
 * What the impact of liquidations takes from what is left of a domain, at final prices or at those of the scenario,
 * whichever is worse. A gain from one's own forced sales is not counted: it goes when the impact does.
 */
function fallOf(leftover: Leftover, left: number): number {
  const before = leftover.equityBefore - leftover.bonus - leftover.slippage
  return before - Math.min(before, equityOf(leftover, leftover.start, null), left)
}

/** Equity of what is left at factors by asset of the book, with or without a premium by active asset. */
function equityOf(
  { domain, kept, open, cash }: Leftover,
  factors: Float64Array,
  premium: Float64Array | null,
): number {
  const { active, type } = domain
  let total = cash
  for (let i = 0; i < active.length; i++) {
    const equity = domain.equity.values[i] ?? 0
    const exposure = domain.exposure.values[i] ?? 0
    const value = type === 'perp' ? open * equity : kept * (equity + exposure) - open * exposure
    total += value * (factors[active[i] ?? 0] ?? 1) * (premium?.[i] ?? 1)
  }
  return total
}

/** Health by the rule of a margin domain: 0 insolvent, +∞ unlevered. */
function healthOf(backing: number, requirement: number): number {
  if (requirement <= 0 && backing >= 0) return Number.POSITIVE_INFINITY
  return backing <= 0 ? 0 : backing / requirement
}

/** Share of the way at which `backing − requirement`, linear along it, falls below zero; null when it does not. */
function pathShare(domain: CompiledMargin, end: number): number | null {
  // A loss without anything open is insolvent, and nobody's to liquidate.
  if (domain.required <= 0) return null
  const now = domain.excess
  if (now < 0) return 0
  return end < 0 ? now / (now - end) : null
}
