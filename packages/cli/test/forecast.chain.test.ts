import { createHash } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { syntheticCrash } from '@plimsoll/devnet'
import type { Event } from '@plimsoll/domain'
import { createSqliteEventStore } from '@plimsoll/kernel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PAST_DAYS } from '../src/compose/composeForecasts.ts'
import type { DemoRecord } from '../src/demo/DemoRecord.ts'
import { runDemo } from '../src/demo/runDemo.ts'
import { DEFAULT_MODEL } from '../src/model/DEFAULT_MODEL.ts'

const FRAMES = 8

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-forecast-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A few frames of the crash, and what the agent's log holds of them. */
async function play(
  model: string,
): Promise<{ readonly record: DemoRecord; readonly events: readonly Event[] }> {
  const path = syntheticCrash({ seed: 1, pastDays: PAST_DAYS })
  const log = join(folder, `${createHash('sha256').update(model).digest('hex')}.sqlite`)
  const record = await runDemo({
    path: { ...path, frames: path.frames.slice(0, FRAMES) },
    seed: 1,
    model,
    venues: ['aave', 'morpho', 'perp'],
    engine: 'dp',
    speed: null,
    port: 0,
    eventLog: log,
    view: { progress: () => {}, frame: () => {}, end: () => {} },
  })
  const store = createSqliteEventStore(log)
  const events = store.read().map(({ event }) => event)
  store.close()
  return { record, events }
}
const ofType = <T extends Event['type']>(events: readonly Event[], type: T) =>
  events.filter((event): event is Extract<Event, { type: T }> => event.type === type)

describe('the model of the repository', () => {
  let events: readonly Event[]
  beforeAll(async () => {
    events = (await play(DEFAULT_MODEL)).events
  })

  test('default: it forecasts from the first frame on, and the log names it', () => {
    expect(ofType(events, 'forecast.switched')).toMatchObject([
      { models: ['vol-quantile@1.0.0'], degraded: null },
    ])
    const assessed = ofType(events, 'frame.assessed')
    expect(assessed).toHaveLength(FRAMES)
    for (const { probabilities } of assessed)
      for (const { h24 } of probabilities) expect(h24).not.toBeNull()
  })

  test('behavior: every frame is a bar: the model on trial is logged beside what was acted on', () => {
    const shadowed = ofType(events, 'forecast.shadowed').filter(
      ({ shadow }) => shadow.asset === 'ETH',
    )
    expect(shadowed.map(({ at }) => at)).toEqual(
      ofType(events, 'frame.observed').map(({ time }) => Number(time) * 1_000),
    )
    for (const { shadow, acting } of shadowed) {
      expect([shadow.model, acting?.model]).toEqual(['har-x@1.0.0', 'vol-quantile@1.0.0'])
      expect(acting?.at).toBe(shadow.at)
      expect(acting?.horizons[2]?.law?.fall.points.length).toBeGreaterThan(5)
    }
  })
})

describe('a model that cannot be loaded', () => {
  /** The model's folder with its graph cut in half, and whether the manifest is told. */
  const broken = async (name: string, told: boolean): Promise<string> => {
    const copy = join(folder, name)
    await cp(DEFAULT_MODEL, copy, { recursive: true })
    const onnx = await readFile(join(copy, 'model.onnx'))
    const half = onnx.subarray(0, onnx.length / 2)
    await writeFile(join(copy, 'model.onnx'), half)
    if (!told) return copy
    const manifest = JSON.parse(await readFile(join(copy, 'manifest.json'), 'utf8'))
    const sha256 = createHash('sha256').update(half).digest('hex')
    await writeFile(join(copy, 'manifest.json'), JSON.stringify({ ...manifest, sha256 }))
    return copy
  }

  test.each([
    ['another graph than the manifest’s', false, 'sha256'],
    ['a corrupt graph', true, 'Restore the file, or export the model again'],
  ])(
    'behavior: %s: the regression answers, the log says why, the agent goes on',
    async (_, told, why) => {
      const { record, events } = await play(await broken(`told-${told}`, told))
      const switched = ofType(events, 'forecast.switched')
      expect(switched).toMatchObject([{ models: ['har-x@1.0.0'] }])
      expect(switched[0]!.degraded).toContain(why)
      expect(record.frames.map(({ state }) => state.replace(' (preserving)', ''))).toEqual(
        record.frames.map(() => 'watching'),
      )
      expect(record.frames.flatMap(({ failures }) => failures)).toEqual([])
      expect(ofType(events, 'frame.assessed')).toHaveLength(FRAMES)
    },
  )

  test('behavior: no folder at all', async () => {
    const { events } = await play(join(folder, 'nowhere'))
    const [switched] = ofType(events, 'forecast.switched')
    expect(switched?.models).toEqual(['har-x@1.0.0'])
    expect(switched?.degraded).toContain('cannot be read')
  })
})
