import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Forecast, PricePoint } from '@plimsoll/domain'
import {
  BAR_SECONDS,
  type Bars,
  checkModel,
  createBarSums,
  createEwma,
  createForecastSource,
  createLinearModel,
  loadModel,
  parseGolden,
  parseLinear,
  parseManifest,
  readJson,
} from '@plimsoll/forecast'
import { scoreShadow } from './scoreShadow.ts'
import { before, EARLIER_DAYS, STORY_DAYS, walks } from './walks.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const MODELS = '../../../models'
const HOUR = 3_600_000

// 1. A folder from elsewhere, checked before anything is forecast with it.
const folder = here('../model')
const foreign = await loadModel(folder)
const golden = parseGolden(await readJson(folder, 'golden.json'), foreign.manifest)
export const checks = await checkModel(foreign, golden)
console.table(checks.map(({ name, passed, found }) => ({ check: name, passed, found })))

// 2. An agent's source of forecasts: the ready model acts, the foreign one is on trial.
const bars = walks()
const linear = parseLinear(await readJson(here(`${MODELS}/har-x`), 'linear.json'), 'har-x')
const calibrated = await loadModel(here(`${MODELS}/har-x`))
const source = await createForecastSource({
  model: await loadModel(here(`${MODELS}/vol-quantile`)),
  fallback: createLinearModel(linear, calibrated.manifest.calibration),
  last: createEwma({ version: '1', halfLifeMs: 12 * HOUR, minPoints: 12, horizonsMs: [HOUR] }),
  shadows: [foreign],
  earlier: new Map(bars.map((each) => [each.asset, before(each)])),
  deadlineMs: 20_000,
})

// 3. Bar after bar, as ticks of an agent would come.
const acting: Forecast[] = []
const shadows: Forecast[] = []
const prices = new Map<string, PricePoint[]>(bars.map(({ asset }) => [asset, []]))
const observe = (k: number): void => {
  for (const each of bars) prices.get(each.asset)?.push(...pointsOf(each, k))
}
const first = EARLIER_DAYS * 288
const steps = STORY_DAYS * 288
for (let k = 0; k < steps; k++) {
  observe(first + k)
  if (k % 12 !== 0) continue // the bar before the full hour is over now
  const round = await source.forecastAll(prices)
  acting.push(...round.made)
  shadows.push(...round.shadows)
}

// 4. What both said, scored on what then happened; then the foreign one takes over while the source runs.
export const scores = scoreShadow({ shadows, acting, sums: bars.map(createBarSums) })
console.table(
  scores.map(({ asset, hours, n, qlike, versus }) => ({
    asset,
    horizon: `${hours} h`,
    origins: n,
    qlike: qlike.toFixed(4),
    'to the acting model': `${(versus?.percent ?? 0).toFixed(1)} %`,
    t: (versus?.t ?? 0).toFixed(1),
  })),
)
const was = acting.at(-1)?.model
await source.swap(foreign)
const { made, degraded } = await source.forecastAll(prices)
export const swapped = { was, is: made[0]?.model, degraded }
console.log(`acting: ${swapped.was}, then ${swapped.is}`)
await source.close()

// 5. A damaged copy never gets that far.
export const refusal = await refused()
console.log(refusal)

/** Loads the folder's manifest with a graph of which a byte was lost. */
async function refused(): Promise<string> {
  const onnx = (await readFile(`${folder}/model.onnx`)).subarray(0, -1)
  const manifest = parseManifest(await readJson(folder, 'manifest.json'))
  const [contract] = await checkModel({ manifest, onnx, id: foreign.id }, golden)
  return contract?.found ?? ''
}

/** The four prices of a bar, a minute apart. */
function pointsOf({ start, open, high, low, close }: Bars, k: number): readonly PricePoint[] {
  const at = (start + k * BAR_SECONDS) * 1000
  return [open, high, low, close].map((list, i) => ({ at: at + i * 60_000, price: list[k] ?? 0 }))
}
