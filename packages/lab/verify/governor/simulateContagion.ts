import type { ImpactTerms } from '@plimsoll/governor'
import {
  addFlow,
  BIN,
  BINS,
  decayFlow,
  type FlowState,
  linearImpact,
  NO_FLOW,
  squareRootImpact,
  stressMultiplier,
  unabsorbed,
} from '@plimsoll/governor'
import { stressWeight } from '@plimsoll/risk'
import { createRandom } from '@plimsoll/testkit'
import { TABLE } from './engineBands.ts'
import {
  BONUS,
  closeFactor,
  LT,
  type SceneGovernor,
  saleOf,
  ungoverned,
  type Wish,
} from './governors.ts'
import type { Policy } from './policies.ts'
import { drawdown, MINUTES, normal, SIGMA } from './scenario.ts'

/** A market of accounts, some of them agents. Values in daily volumes. */
export type Market = {
  readonly path: Float64Array
  readonly seed: number
  readonly accounts: number
  /** Share of the collateral's owners that are agents. */
  readonly agents: number
  /** Collateral of all. [daily volumes] */
  readonly collateral: number
  /** λ of linear impact; null for the square-root law. */
  readonly slope: number | null
  /** Share of their debt that agents hold as a reserve. */
  readonly reserve: number
  /** Health agents start at, evenly; null where they start as everybody does, many of them beyond their policy's trigger. */
  readonly managed: readonly [low: number, high: number] | null
  /** Null: agents are passive. */
  readonly policy: Policy | null
  readonly governor?: SceneGovernor
  /** Share of a day's volume that the bypass may take in a day. */
  readonly bypass?: number
}

export type Contagion = {
  /** Drawdown beyond that of the path nobody trades on. */
  readonly excess: number
  readonly drawdown: number
  /** Sold by choice, by the bypass among it, and by liquidations. [daily volumes] */
  readonly sold: number
  readonly bypass: number
  readonly liquidated: number
  /** Share of the wished sales that was let through. */
  readonly passed: number
  /** Shares of agents and of others liquidated at least once. */
  readonly agentsHit: number
  readonly othersHit: number
  /** Agents' losses to liquidators, and what they lost (gained below 0) by selling, over their equity. */
  readonly lost: number
  readonly whipsaw: number
  /** Largest own impact of voluntary sales. [log-price] */
  readonly ownImpact: number
  /** Largest R̂. */
  readonly reproduction: number
}

const MINUTE = 60_000
const EVERY = 2

/** Runs one market: liquidations first each minute, agents every other minute, the price from what is not absorbed. */
export function simulateContagion(market: Market): Contagion {
  const { path, accounts: count } = market
  const random = createRandom(market.seed)
  const collateral = new Float64Array(count) // in tokens worth one at the start
  const debt = new Float64Array(count)
  const reserve = new Float64Array(count)
  const isAgent = new Uint8Array(count)
  const hit = new Uint8Array(count)
  let total = 0
  for (let i = 0; i < count; i++) {
    const health = 1.04 + Math.exp(Math.log(0.45) + 0.65 * normal(random))
    const size = Math.exp(1.3 * normal(random))
    isAgent[i] = random.next() < market.agents ? 1 : 0
    const place = random.next()
    collateral[i] = size
    const [low, high] = market.managed ?? [0, 0]
    const start = isAgent[i] === 1 && market.managed !== null ? low + place * (high - low) : health
    debt[i] = (LT * size) / start
    total += size
  }
  let equity = 0
  for (let i = 0; i < count; i++) {
    const scale = market.collateral / total
    collateral[i] = at(collateral, i) * scale
    debt[i] = at(debt, i) * scale
    if (isAgent[i] === 1) {
      equity += at(collateral, i) - at(debt, i)
      reserve[i] = market.reserve * at(debt, i)
    }
  }

  const prices = new Float64Array(MINUTES + 1)
  const usual = (SIGMA * SIGMA) / 1_440
  let hour = usual
  let six = usual
  const keep = 2 ** (-1 / (60 * TABLE.filter.halfLifeHours))
  let slow = usual
  const squares = new Float64Array(30).fill(usual)
  let window = 30 * usual
  let flow: FlowState = NO_FLOW
  let own: FlowState = NO_FLOW
  const recent = new Float64Array(5)
  let sold = 0
  let bypass = 0
  let wished = 0
  let soldTimesPrice = 0 // tokens sold by agents
  let liquidated = 0
  let lost = 0
  let ownImpact = 0
  let reproduction = 0
  const governor = market.governor ?? ungoverned

  for (let t = 1; t <= MINUTES; t++) {
    flow = decayFlow(flow, MINUTE)
    own = decayFlow(own, MINUTE)
    recent[t % 5] = 0
    const recentSigma = Math.sqrt((window / 30) * 1_440)
    const terms: ImpactTerms = {
      dailyVolume: 1,
      dailyVolatility: SIGMA,
      stress: stressMultiplier(recentSigma, SIGMA),
      prefactor: 1,
    }
    const { slope } = market
    const law = (j: number): number =>
      slope === null ? squareRootImpact(j, terms) : linearImpact(j, slope, terms)
    const lnPrice = at(path, t) - law(unabsorbed(flow))
    prices[t] = lnPrice
    const price = Math.exp(lnPrice)
    const step = lnPrice - at(prices, t - 1)
    window += step * step - at(squares, t % 30)
    squares[t % 30] = step * step
    hour += (step * step - hour) * (1 - 2 ** (-1 / 60))
    slow = keep * slow + (1 - keep) * step * step
    six += (step * step - six) * (1 - 2 ** (-1 / 360))
    ownImpact = Math.max(
      ownImpact,
      law(unabsorbed(flow)) - law(Math.max(0, unabsorbed(flow) - unabsorbed(own))),
    )

    let forcedNow = 0
    for (let i = 0; i < count; i++) {
      const owed = at(debt, i)
      if (owed <= 0) continue
      const lnHealth = Math.log((LT * at(collateral, i) * price) / owed)
      if (lnHealth >= 0) continue
      const closed = Math.min(
        owed * closeFactor(lnHealth),
        (at(collateral, i) * price) / (1 + BONUS),
      )
      if (closed <= 0) continue
      debt[i] = owed - closed
      collateral[i] = at(collateral, i) - (closed * (1 + BONUS)) / price
      if (at(collateral, i) < 1e-12) debt[i] = 0 // what is left is the lenders' loss
      hit[i] = 1
      forcedNow += closed * (1 + BONUS)
      if (isAgent[i] === 1) lost += closed * BONUS
    }
    flow = addFlow(flow, forcedNow)
    liquidated += forcedNow

    if (market.policy === null || t % EVERY !== 0) continue
    const sigma = Math.sqrt((0.25 * hour + 0.35 * six + 0.4 * usual) * 1_440)
    const isVolatile = recentSigma >= 2 * SIGMA
    const stress = stressWeight(Math.sqrt(slow * 525_600), TABLE)
    const wishes: Wish[] = []
    for (let i = 0; i < count; i++) {
      if (isAgent[i] !== 1 || at(debt, i) <= 0) continue
      let lnHealth = Math.log((LT * at(collateral, i) * price) / at(debt, i))
      const lnTarget = market.policy({ lnHealth, sigma, stress })
      if (lnTarget === null || lnTarget <= lnHealth) continue
      const paid = Math.min(at(reserve, i), at(debt, i) * (1 - Math.exp(lnHealth - lnTarget)))
      if (paid > 0) {
        reserve[i] = at(reserve, i) - paid
        debt[i] = at(debt, i) - paid
        lnHealth = Math.log((LT * at(collateral, i) * price) / at(debt, i))
      }
      const value = Math.min(saleOf(at(debt, i), lnHealth, lnTarget), at(debt, i) * (1 - 1e-9))
      if (value > 1e-12) wishes.push({ account: i, debt: at(debt, i), lnHealth, lnTarget, value })
    }
    if (wishes.length === 0) continue
    const scene = {
      ...{ terms, sigma, law, isVolatile },
      flow: unabsorbed(flow),
      ownFlow: unabsorbed(own),
      ownRecent: recent.reduce((sum, each) => sum + each, 0),
      // Volume rises with volatility, as it does on every market.
      volume5m: Math.max(1, recentSigma / SIGMA) / 288,
      wall: wallAt(collateral, debt, price),
      bypassLeft: Math.max(0, (market.bypass ?? 0.1) - bypass),
    }
    for (const { value } of wishes) wished += value
    for (const granted of governor(wishes, scene)) {
      const { account, value } = granted
      if (value <= 0) continue
      debt[account] = at(debt, account) - value
      collateral[account] = at(collateral, account) - value / price
      flow = addFlow(flow, value)
      own = addFlow(own, value)
      recent[t % 5] = at(recent, t % 5) + value
      sold += value
      bypass += granted.bypass
      soldTimesPrice += value / price
    }
    if (reproduction < Number.POSITIVE_INFINITY)
      for (const q of scene.wall)
        reproduction = Math.max(reproduction, (law(scene.flow + q) - law(scene.flow)) / BIN)
  }

  const end = Math.exp(at(prices, MINUTES))
  let agentCount = 0
  let agentHits = 0
  let hits = 0
  for (let i = 0; i < count; i++) {
    agentCount += at(isAgent, i)
    if (isAgent[i] === 1) agentHits += at(hit, i)
    else hits += at(hit, i)
  }
  return {
    excess: drawdown(prices) - drawdown(path),
    drawdown: drawdown(path),
    sold,
    bypass,
    liquidated,
    passed: wished === 0 ? 1 : sold / wished,
    agentsHit: agentCount === 0 ? 0 : agentHits / agentCount,
    othersHit: hits / Math.max(1, count - agentCount),
    lost: lost / equity,
    whipsaw: (soldTimesPrice * end - sold) / equity,
    ownImpact,
    reproduction,
  }
}

function wallAt(collateral: Float64Array, debt: Float64Array, price: number): Float64Array {
  const wall = new Float64Array(BINS)
  for (let i = 0; i < collateral.length; i++) {
    const owed = at(debt, i)
    if (owed <= 0) continue
    const bin = Math.max(0, Math.floor(Math.log((LT * at(collateral, i) * price) / owed) / BIN))
    if (bin < BINS) wall[bin] = at(wall, bin) + 0.5 * (1 + BONUS) * owed
  }
  return wall
}

/** Reads a typed array within its bounds. */
const at = (array: Float64Array | Uint8Array, i: number): number => array[i] ?? Number.NaN
