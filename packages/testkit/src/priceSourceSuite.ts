import { type PriceReading, price, StalePriceError } from '@plimsoll/domain'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createRandom } from './createRandom.ts'
import type { PriceSourceHarness } from './PriceSourceHarness.ts'

/** The rules every source of prices keeps, as numbered cases. */
export function priceSourceSuite(p: {
  readonly name: string
  readonly create: () => Promise<PriceSourceHarness>
}): void {
  describe(`PriceSource: ${p.name}`, () => {
    let on: PriceSourceHarness
    let restore: () => Promise<void>

    beforeAll(async () => {
      on = await p.create()
    })
    afterAll(() => on?.close())
    beforeEach(async () => {
      restore = await on.checkpoint()
    })
    afterEach(() => restore())

    const read = async (): Promise<readonly PriceReading[]> => on.source.read(await on.latest())

    const publishAll = async (at: bigint): Promise<void> => {
      for (const asset of on.source.assets) await on.publish(asset, price(at * on.step))
    }

    test('R01 reads every asset it declares, once, in its own name', async () => {
      await publishAll(123_456n)
      const readings = await read()
      expect(readings.map((each) => each.asset)).toEqual(on.source.assets)
      expect(new Set(on.source.assets).size).toBe(on.source.assets.length)
      for (const reading of readings) {
        expect(reading.source).toBe(on.source.id)
        expect(reading.price > 0n).toBe(true)
        expect(reading.heartbeat > 0n).toBe(true)
      }
    })

    test('R02 states a published price to the last unit', async () => {
      const random = createRandom(2)
      await publishAll(1n)
      for (let step = 0; step < 10; step++) {
        const asset = random.pick(on.source.assets)
        const at = price(random.bigint(1n, 10n ** BigInt(random.int(1, 14))) * on.step)
        await on.publish(asset, at)
        const found = (await read()).find((each) => each.asset === asset)
        expect(found?.price).toBe(at)
      }
    })

    test('R03 dates a price by its publication, not by the block that reads it', async () => {
      await publishAll(500n)
      const first = await read()
      await on.mine(90)
      const block = await on.latest()
      const second = await on.source.read(block)
      expect(second.map((each) => each.updatedAt)).toEqual(first.map((each) => each.updatedAt))
      for (const reading of second) expect(block.timestamp - reading.updatedAt >= 90n).toBe(true)
    })

    test('R04 a read pinned to an old block returns the old price', async () => {
      await publishAll(700n)
      const block = await on.latest()
      const then = await on.source.read(block)
      await publishAll(900n)
      await on.mine(10)
      expect((await read())[0]?.price).toBe(price(900n * on.step))
      expect(await on.source.read(block)).toEqual(then)
    })

    test('R05 a price older than its heartbeat and grace is refused, a fresh one beside it does not help', async () => {
      await publishAll(800n)
      const [slowest] = [...(await read())].sort((a, b) => Number(b.heartbeat - a.heartbeat))
      await on.mine(Number(slowest!.heartbeat) + on.grace + 5)
      for (const asset of on.source.assets.filter((each) => each !== slowest!.asset))
        await on.publish(asset, price(800n * on.step))
      await expect(read()).rejects.toThrow(StalePriceError)
      await on.publish(slowest!.asset, price(801n * on.step))
      expect((await read()).length).toBe(on.source.assets.length)
    })

    test('R06 a price within its heartbeat is fresh', async () => {
      await publishAll(800n)
      const [fastest] = [...(await read())].sort((a, b) => Number(a.heartbeat - b.heartbeat))
      await on.mine(Number(fastest!.heartbeat) - 5)
      expect((await read()).length).toBe(on.source.assets.length)
    })
  })
}
