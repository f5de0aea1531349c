import type { CompiledDomain } from '../src/probability/compileDomain.ts'
import { ASSETS, CORRELATION, HORIZONS, SIGMA, STABLE, STEP_MS } from './liquidationWorlds.ts'
import { createRiskRandom } from './riskRandom.ts'

/** One portfolio at one health, in dollars at prices of now. */
export type Book = {
  readonly name: string
  readonly kind: string
  readonly portfolio: number
  /** Horizon its health is set for; it is watched at this and all shorter ones. */
  readonly horizon: number
  readonly health: number
  /** By volatile asset. */
  readonly backing: readonly number[]
  readonly backingConstant: number
  readonly requirement: readonly number[]
  readonly requirementConstant: number
}

/** Books that are one owner's: any of them may be liquidated. All have the same horizon. */
export type Owner = { readonly horizon: number; readonly books: readonly number[] }

type Shape = {
  readonly kind: string
  readonly name: string
  readonly type: 'loan' | 'perp'
  /** Maintenance margin as a share of notional; 0 for a loan. */
  readonly maintenance: number
  /** Value by asset: collateral after its threshold, or what is long and short. */
  readonly backing: readonly number[]
  readonly backingConstant: number
  readonly requirement: readonly number[]
  readonly requirementConstant: number
}

const SEED = 20_201_103
const PORTFOLIOS = 60
const YEAR_MS = 365 * 86_400_000

/** Sixty seeded portfolios of one to five assets, each at a health of its own for every horizon. */
export function liquidationBooks(): readonly Book[] {
  const random = evenNumbers(SEED)
  const books: Book[] = []
  for (let i = 0; i < PORTFOLIOS; i++) {
    const shape = shapeOf(i, random)
    for (let h = 0; h < HORIZONS.length; h++) {
      const wanted = 0.7 + 3.4 * random() // standard deviations of the horizon
      books.push(bookAt(shape, i, h, wanted))
    }
  }
  return books
}

/** Twenty owners by horizon, of three portfolios each. */
export function liquidationOwners(): readonly Owner[] {
  return HORIZONS.flatMap((_, horizon) =>
    Array.from({ length: PORTFOLIOS / 3 }, (_, i) => ({
      horizon,
      books: [i, i + 20, i + 40].map((portfolio) => portfolio * HORIZONS.length + horizon),
    })),
  )
}

/** A book as the model takes it. */
export function compiledBook(book: Book, assets: readonly string[]): CompiledDomain {
  const active = ASSETS.map((_, i) => i).filter(
    (i) => book.backing[i] !== 0 || book.requirement[i] !== 0,
  )
  return {
    id: book.name,
    assets,
    active: Int32Array.from(active),
    backing: Float64Array.from(active, (i) => book.backing[i] ?? 0),
    backingConstant: book.backingConstant,
    requirement: Float64Array.from(active, (i) => book.requirement[i] ?? 0),
    requirementConstant: book.requirementConstant,
    status: 'open',
  }
}

function shapeOf(i: number, random: () => number): Shape {
  const pick = (count: number): number[] => {
    const left = ASSETS.map((_, asset) => asset)
    return Array.from({ length: count }, () => {
      const at = Math.floor(random() * left.length)
      return left.splice(at, 1)[0] ?? 0
    })
  }
  const vector = (assets: readonly number[], sign: (n: number) => number) => {
    const values: number[] = ASSETS.map(() => 0)
    assets.forEach((asset, n) => {
      values[asset] = sign(n) * (0.3 + random()) * 100_000
    })
    return values
  }
  const none = ASSETS.map(() => 0)
  const label = (values: readonly number[], stable = 0) =>
    [
      ...values.flatMap((v, asset) => (v === 0 ? [] : [`${v < 0 ? '−' : ''}${ASSETS[asset]}`])),
      ...(stable > 0 ? [STABLE] : []),
    ].join(' ')
  const loan = (
    kind: string,
    held: readonly number[],
    owed: readonly number[],
    cash: number,
    debt: number,
  ): Shape => ({
    kind,
    name: `${label(held, cash)} / ${label(owed, debt)}`,
    type: 'loan',
    maintenance: 0,
    backing: held.map((v) => v * 0.8),
    backingConstant: cash * 0.85,
    requirement: owed,
    requirementConstant: debt,
  })
  const perp = (kind: string, sizes: readonly number[]): Shape => {
    const maintenance = 0.03 + 0.04 * random()
    return {
      kind,
      name: `perp ${label(sizes)}`,
      type: 'perp',
      maintenance,
      backing: sizes,
      backingConstant: 0,
      requirement: sizes.map((v) => maintenance * Math.abs(v)),
      requirementConstant: 0,
    }
  }
  const one = () => 1
  const many = 2 + Math.floor(random() * 4) // 2 to 5
  switch (i % 12) {
    case 0:
      return loan('loan 1', vector(pick(1), one), none, 0, 1e5)
    case 1:
      return perp('perp long', vector(pick(1), one))
    case 2:
      return loan('loan n', vector(pick(many), one), none, 0, 1e5)
    case 3: {
      const [held = 0, owed = 1] = pick(2)
      return loan('volatile debt', vector([held], one), vector([owed], one), 0, 0)
    }
    case 4:
      return perp(
        'perp short',
        vector(pick(1), () => -1),
      )
    case 5:
      return perp('perps long', vector(pick(many), one))
    case 6: {
      const assets = pick(Math.max(3, many))
      return loan(
        'volatile debt n',
        vector(assets.slice(0, -1), one),
        vector(assets.slice(-1), one),
        0,
        6e4,
      )
    }
    case 7:
      return perp(
        'perps mixed',
        vector(pick(many), (n) => (n % 2 === 0 ? 1 : -1)),
      )
    case 8: {
      const owed = pick(Math.min(3, many))
      return loan('short by loan', none, vector(owed, one), 2e5, 0)
    }
    case 9: {
      const assets = pick(Math.max(4, many))
      return loan(
        'volatile debt n',
        vector(assets.slice(0, 2), one),
        vector(assets.slice(2), one),
        5e4,
        5e4,
      )
    }
    case 10:
      return perp(
        'perps mixed',
        vector(pick(Math.max(3, many)), (n) => (n === 1 ? -1 : 1)),
      )
    default:
      return perp(
        'perps short',
        vector(pick(many), () => -1),
      )
  }
}

/** Even numbers on (0, 1), one at a time. */
function evenNumbers(seed: number): () => number {
  const source = createRiskRandom(seed, 1)
  const one = new Float64Array(1)
  return () => {
    source.uniforms(one)
    return one[0] ?? 0
  }
}

/** Sets the debt of a loan, or the margin of a perp account, so that liquidation is `wanted` standard deviations away. */
function bookAt(shape: Shape, portfolio: number, horizon: number, wanted: number): Book {
  const years = ((HORIZONS[horizon]?.steps ?? 0) * STEP_MS) / YEAR_MS
  const notional = shape.backing.reduce((sum, v) => sum + Math.abs(v), 0)
  const gross = shape.backing.reduce((sum, v) => sum + v, 0)
  const owed = shape.requirement.reduce((sum, v) => sum + v, 0) + shape.requirementConstant
  const scaled = (setting: number): Book => {
    const loan = shape.type === 'loan'
    const backingConstant = loan ? shape.backingConstant : setting * notional - gross
    const requirement = loan ? shape.requirement.map((v) => v * setting) : shape.requirement
    const requirementConstant = loan ? shape.requirementConstant * setting : 0
    const own = gross + backingConstant
    const must = requirement.reduce((sum, v) => sum + v, 0) + requirementConstant
    return {
      name: `${shape.name}`,
      kind: shape.kind,
      portfolio,
      horizon,
      health: own / must,
      backing: shape.backing,
      backingConstant,
      requirement,
      requirementConstant,
    }
  }
  if (shape.type === 'perp') {
    const five = scaled(0.2)
    const away = sigmasAway(five, years)
    if (horizon === HORIZONS.length - 1 && away > 0.7 && away < 4.1) return five
  }
  let low =
    shape.type === 'loan' ? ((gross + shape.backingConstant) / owed) * 1e-3 : shape.maintenance
  let high = shape.type === 'loan' ? (gross + shape.backingConstant) / owed : 20
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    const far = sigmasAway(scaled(middle), years) > wanted
    if ((shape.type === 'loan') === far) low = middle
    else high = middle
  }
  return scaled((low + high) / 2)
}

/** Distance to liquidation in standard deviations, to first order: no model of liquidation is asked. */
function sigmasAway(book: Book, years: number): number {
  let plus = 0
  let minus = 0
  const constant = book.backingConstant - book.requirementConstant
  if (constant > 0) plus = constant
  else minus = -constant
  const value = ASSETS.map((_, i) => (book.backing[i] ?? 0) - (book.requirement[i] ?? 0))
  for (const v of value)
    if (v > 0) plus += v
    else minus -= v
  if (minus === 0) return Number.POSITIVE_INFINITY
  const slope = value.map((v) => (v > 0 ? v / plus : v / minus))
  let variance = 0
  for (let i = 0; i < ASSETS.length; i++)
    for (let j = 0; j < ASSETS.length; j++)
      variance +=
        (slope[i] ?? 0) *
        (slope[j] ?? 0) *
        (CORRELATION[i]?.[j] ?? 0) *
        (SIGMA[i] ?? 0) *
        (SIGMA[j] ?? 0)
  return Math.log(plus / minus) / Math.sqrt(variance * years)
}
