import type { CompiledDomain } from '../src/probability/compileDomain.ts'
import {
  createLiquidationModel,
  type PlaneMethod,
} from '../src/probability/createLiquidationModel.ts'
import type { ReturnLaw } from '../src/probability/ReturnLaw.ts'

/** Probabilities of liquidation computed by one core in a second, one portfolio of eight legs and one horizon each. */
export type ProbabilityBench = {
  /** Seen from the prices of now. */
  readonly mixturePerSecond: number
  /** Seen from the most probable place of liquidation. */
  readonly formPerSecond: number
}

const DAY_MS = 86_400_000
const LEGS = 8
const PORTFOLIOS = 512
const LEAST_MS = 1_000

/**
 * Measures how fast probabilities are, on {@link PORTFOLIOS} different loans of eight legs: seven volatile assets on either
 * side and a stable debt, over 24 h, stochastic volatility and jumps. The fastest of all passes over them counts: what else
 * the machine does at the time is not measured.
 *
 * @param p.now - Time that only rises. [ms]
 */
export function benchProbability(p: { now(): number }): ProbabilityBench {
  const books = Array.from({ length: PORTFOLIOS }, (_, i) => bookOf(i))
  return {
    mixturePerSecond: perSecond('delta', books, p.now),
    formPerSecond: perSecond('form', books, p.now),
  }
}

function perSecond(method: PlaneMethod, books: readonly CompiledDomain[], now: () => number) {
  const model = createLiquidationModel({ law: LAW, horizonsMs: [DAY_MS], method })
  const into = new Float64Array(1)
  let sum = 0
  const pass = () => {
    for (const book of books) {
      model.probabilities(book, into)
      sum += into[0] ?? 0
    }
  }
  pass() // compiles
  const from = now()
  let fastest = Number.POSITIVE_INFINITY
  for (let start = from; start - from < LEAST_MS; ) {
    pass()
    const end = now()
    fastest = Math.min(fastest, end - start)
    start = end
  }
  return sum > 0 ? (1000 * books.length) / fastest : 0
}

const ASSETS = Array.from({ length: LEGS }, (_, i) => `A${i}`)
const LAW: ReturnLaw = {
  assets: ASSETS,
  variance: ASSETS.map((_, i) =>
    i === LEGS - 1 ? [] : [{ ms: 365 * DAY_MS, variance: (0.5 + 0.1 * i) ** 2 }],
  ),
  correlation: 0.7,
  volOfVol: { sd: 0.892, halfLifeMs: DAY_MS },
  jumps: {
    perYear: 24,
    mean: ASSETS.map((_, i) => (i === LEGS - 1 ? 0 : -0.02)),
    sd: ASSETS.map((_, i) => (i === LEGS - 1 ? 0 : 0.05)),
    correlation: 0.75,
  },
  updateMs: 300_000,
  innovationDf: 5,
}

/** A loan: five collaterals, two volatile debts and a stable one, with a health of 1.03 to 1.25. */
function bookOf(i: number): CompiledDomain {
  const share = (leg: number) => 0.5 + ((i * 7919 + leg * 104_729) % 1_009) / 1_009
  const backing = Float64Array.from(ASSETS, (_, leg) => (leg < 5 ? 80_000 * share(leg) : 0))
  const owed = Float64Array.from(ASSETS, (_, leg) => (leg < 5 ? 0 : 30_000 * share(leg)))
  const own = backing.reduce((sum, v) => sum + v, 0)
  const must = owed.reduce((sum, v) => sum + v, 0)
  const health = 1.03 + (0.22 * ((i * 31) % PORTFOLIOS)) / PORTFOLIOS
  return {
    id: `book ${i}`,
    assets: ASSETS,
    active: Int32Array.from(ASSETS.keys()),
    backing,
    backingConstant: 0,
    requirement: owed.map((v) => (v * own) / must / health),
    requirementConstant: 0,
    status: 'open',
  }
}
