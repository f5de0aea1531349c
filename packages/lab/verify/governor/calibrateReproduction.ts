import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { InvalidInputError } from '@plimsoll/domain'
import { BIN, BINS, reproductionNumber, stressMultiplier } from '@plimsoll/governor'
import { createRandom } from '@plimsoll/testkit'
import { normal } from './scenario.ts'

// R̂ of a standing wall on quiet days and on days of crashes, by real bars:
// PLIMSOLL_DATA=… node packages/lab/verify/governor/calibrateReproduction.ts [ETHUSDT]
const asset = process.argv[2] ?? 'ETHUSDT'
const folder = process.env.PLIMSOLL_DATA
if (folder === undefined)
  throw new InvalidInputError({
    field: 'PLIMSOLL_DATA',
    found: undefined,
    allowed: 'the folder of market data',
  })
const FROM = Date.UTC(2020, 0) / 1_000

const times: number[] = []
const closes: number[] = []
const volumes: number[] = []
for (const line of gunzipSync(readFileSync(join(folder, `${asset}_5m.csv.gz`)))
  .toString()
  .split('\n')
  .slice(1)) {
  const [ts, , , , close, volume] = line.split(',')
  if (Number(ts) < FROM || close === undefined) continue
  times.push(Number(ts))
  closes.push(Number(close))
  volumes.push(Number(volume) * Number(close))
}

// The wall of Exp 3: 2,000 accounts with collateral of M daily volumes, at rest.
const wallOf = (collateral: number): readonly number[] => {
  const random = createRandom(3)
  const wall = Array.from({ length: BINS }, () => 0)
  let total = 0
  const accounts = Array.from({ length: 2_000 }, () => {
    const health = 1.04 + Math.exp(Math.log(0.45) + 0.65 * normal(random))
    const size = Math.exp(1.3 * normal(random))
    total += size
    return { health, size }
  })
  for (const { health, size } of accounts) {
    const bin = Math.floor(Math.log(health) / BIN)
    if (bin < BINS)
      wall[bin] = (wall[bin] ?? 0) + (0.5 * 1.06 * 0.8 * size * collateral) / (health * total)
  }
  return wall
}

const day = 288
const half = 6
type Day = { readonly date: string; readonly fall: number; readonly r: ReadonlyMap<number, number> }
const days: Day[] = []
const sizes = [1, 5, 15]
const walls = new Map(sizes.map((size) => [size, wallOf(size)]))
const squares = closes.map((close, i) =>
  i === 0 ? 0 : Math.log(close / (closes[i - 1] ?? close)) ** 2,
)
const total = (values: readonly number[], from: number, to: number): number => {
  let sum = 0
  for (let i = from; i < to; i++) sum += values[i] ?? 0
  return sum
}
for (let start = 30 * day; start + day <= closes.length; start += day) {
  // Days with holes in the month before them say nothing.
  if ((times[start + day - 1] ?? 0) - (times[start - 30 * day] ?? 0) > 31.1 * 86_400) continue
  // Terms of the day from the thirty days before it: nothing of the day itself is known at its beginning.
  const dailyVolume = total(volumes, start - 30 * day, start) / 30
  const dailyVolatility = Math.sqrt(total(squares, start - 30 * day, start) / 30)
  const worst = new Map(sizes.map((size) => [size, 0]))
  let low = 1
  let peak = 0
  for (let i = start; i < start + day; i++) {
    const price = closes[i] ?? 0
    peak = Math.max(peak, price)
    low = Math.min(low, price / peak)
    if ((i - start) % half !== 0) continue
    const recent = Math.sqrt((total(squares, i - half, i) / half) * day)
    const terms = {
      dailyVolume,
      dailyVolatility,
      stress: stressMultiplier(recent, dailyVolatility),
      prefactor: 1,
    }
    for (const [size, wall] of walls) {
      const scaled = wall.map((value) => value * dailyVolume)
      const r = reproductionNumber({ wall: scaled, flow: 0, terms })
      worst.set(size, Math.max(worst.get(size) ?? 0, r))
    }
  }
  const date = new Date((times[start] ?? 0) * 1_000).toISOString().slice(0, 10)
  days.push({ date, fall: 1 - low, r: worst })
}

const sorted = days.toSorted((a, b) => a.fall - b.fall)
const quiet = sorted.slice(0, Math.floor(sorted.length / 2))
const crash = sorted.slice(Math.ceil(sorted.length * 0.99))
const quantile = (of: readonly Day[], size: number, q: number): number => {
  const values = of.map(({ r }) => r.get(size) ?? 0).toSorted((a, b) => a - b)
  return values[Math.min(values.length - 1, Math.floor(q * values.length))] ?? Number.NaN
}
console.log(
  `${asset}: ${days.length} days from ${days[0]?.date}, ${quiet.length} quiet, ${crash.length} of crashes`,
)
console.log(`crashes: falls of ${(100 * (crash[0]?.fall ?? 0)).toFixed(1)} % and more`)
console.log('largest R̂ of a day          quiet 50 %   95 %   99 %   crash 10 %   50 %   90 %')
for (const size of sizes) {
  const cells = [
    ...[0.5, 0.95, 0.99].map((q) => quantile(quiet, size, q)),
    ...[0.1, 0.5, 0.9].map((q) => quantile(crash, size, q)),
  ]
  console.log(
    `  collateral of ${String(size).padStart(2)} days   ${cells.map((value) => value.toFixed(2).padStart(10)).join('')}`,
  )
}
