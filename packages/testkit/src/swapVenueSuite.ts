import {
  type Address,
  type BlockRef,
  type DepthReading,
  InvalidIntentError,
  mulDivDown,
  mulDivUp,
  numberFromRaw,
  numberFromUsd,
  numberFromWad,
  RevertedError,
  type SwapIntent,
  type SwapQuote,
  type Token,
  WAD,
} from '@plimsoll/domain'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createRandom } from './createRandom.ts'
import type { SendOutcome } from './LendingHarness.ts'
import type { SwapHarness } from './SwapHarness.ts'

const HOUR = 3_600n
const WINDOW = 300

/** The rules every spot exchange keeps, as numbered cases. */
export function swapVenueSuite(p: {
  readonly name: string
  readonly create: () => Promise<SwapHarness>
}): void {
  describe(`SwapVenue: ${p.name}`, () => {
    let on: SwapHarness
    let restore: () => Promise<void>

    beforeAll(async () => {
      on = await p.create()
    })
    afterAll(() => on?.close())
    beforeEach(async () => {
      restore = await on.checkpoint()
    })
    afterEach(() => restore())

    const read = async (block?: BlockRef): Promise<DepthReading> => {
      const readings = await on.venue.read(block ?? (await on.latest()))
      const found = readings.find(
        ({ base, quote }) => base.address === on.base.address && quote.address === on.quote.address,
      )
      expect(found, `a market of ${on.base.symbol}/${on.quote.symbol}`).toBeDefined()
      return found!
    }

    const sell = (amountIn: bigint, minOut = 1n): SwapIntent => ({
      type: 'swap',
      venue: on.venue.id,
      tokenIn: on.base,
      tokenOut: on.quote,
      amountIn,
      minOut,
    })
    const buy = (amountIn: bigint, minOut = 1n): SwapIntent => ({
      ...sell(amountIn, minOut),
      tokenIn: on.quote,
      tokenOut: on.base,
    })
    /** About what the case's amount of base is worth. [quote decimals] */
    const quoteRaw = async (): Promise<bigint> =>
      worth(on.baseRaw, on.base, on.quote, (await read()).spot)

    const quote = async (intent: SwapIntent, block?: BlockRef): Promise<SwapQuote> =>
      on.venue.quote(intent, block ?? (await on.latest()))

    /** Sends a swap from an account that is given what it sells. */
    const swap = async (
      intent: SwapIntent,
      over: { readonly from?: Address; readonly owner?: Address; readonly deadline?: bigint } = {},
    ): Promise<{ readonly outcome: SendOutcome; readonly from: Address }> => {
      const from = over.from ?? (await on.account())
      await on.fund(from, intent.tokenIn, intent.amountIn)
      const deadline = over.deadline ?? (await on.latest()).timestamp + HOUR
      const context = { owner: over.owner ?? from, sender: from, deadline }
      return { outcome: await on.send(on.venue.encode(intent, context), from), from }
    }

    /** What a swap that must go through brought. [tokenOut decimals] */
    const received = async (intent: SwapIntent): Promise<bigint> => {
      const { outcome, from } = await swap(intent)
      expect(outcome).toEqual({ type: 'settled' })
      expect(await on.balance(from, intent.tokenIn)).toBe(0n)
      return on.balance(from, intent.tokenOut)
    }

    const reasonOf = (outcome: SendOutcome): string | null => {
      expect(outcome.type).toBe('reverted')
      const error = outcome.type === 'reverted' ? on.venue.decodeRevert(outcome.data) : null
      expect(error).toBeInstanceOf(RevertedError)
      return error?.reason ?? null
    }

    test('S01 reads its market: price, fee and depth on both sides', async () => {
      const reading = await read()
      expect(reading.venue).toBe(on.venue.id)
      expect(reading.asset).toBe(on.base.asset)
      expect(0 <= reading.fee && reading.fee < 0.05).toBe(true)
      for (const figure of [reading.spot, reading.depthDown, reading.depthUp])
        expect(figure > 0n).toBe(true)
      expect(reading.volume5m >= 0n).toBe(true)
      expect(on.venue.capabilities).toContain('exact-in')
    })

    test('S02 selling brings what was quoted, to the last unit', async () => {
      const intent = sell(on.baseRaw)
      const { amountOut } = await quote(intent)
      expect(amountOut > 0n).toBe(true)
      expect(await received(intent)).toBe(amountOut)
    })

    test('S03 buying brings what was quoted, to the last unit', async () => {
      const intent = buy(await quoteRaw())
      const { amountOut } = await quote(intent)
      expect(amountOut > 0n).toBe(true)
      expect(await received(intent)).toBe(amountOut)
    })

    test('S04 every step of a seeded walk brings what was quoted', async () => {
      const random = createRandom(4)
      const worthOfAll = await quoteRaw()
      for (let step = 0; step < 20; step++) {
        const intent =
          random.next() < 0.5
            ? sell(random.bigint(1_000n, on.baseRaw))
            : buy(random.bigint(1_000n, worthOfAll))
        const { amountOut } = await quote(intent)
        if (amountOut === 0n) continue
        expect(await received(intent), `step ${step}`).toBe(amountOut)
      }
    })

    test('S05 a quote changes nothing', async () => {
      const block = await on.latest()
      const first = await quote(sell(on.baseRaw), block)
      expect(await quote(sell(on.baseRaw), block)).toEqual(first)
      expect(await read(block)).toEqual(await read(block))
      expect((await on.latest()).hash).toBe(block.hash)
    })

    test('S06 the sender pays and receives, whoever the owner is', async () => {
      const owner = await on.account()
      const intent = sell(on.baseRaw)
      const { amountOut } = await quote(intent)
      const { outcome, from } = await swap(intent, { owner })
      expect(outcome).toEqual({ type: 'settled' })
      expect(await on.balance(from, on.quote)).toBe(amountOut)
      expect(await on.balance(owner, on.quote)).toBe(0n)
    })

    test('S07 an approval lasts for its swap and no longer', async () => {
      const from = await on.account()
      const intent = sell(on.baseRaw)
      const { timestamp } = await on.latest()
      const calls = on.venue.encode(intent, {
        owner: from,
        sender: from,
        deadline: timestamp + HOUR,
      })
      await on.fund(from, on.base, 2n * on.baseRaw)
      expect(await on.send(calls, from)).toEqual({ type: 'settled' })
      const again = await on.send(calls.slice(-1), from)
      expect(again.type).toBe('reverted')
      expect(await on.balance(from, on.base)).toBe(on.baseRaw)
    })

    test('S08 the quoted amount is a minimum that is kept', async () => {
      const { amountOut } = await quote(sell(on.baseRaw))
      expect(await received(sell(on.baseRaw, amountOut))).toBe(amountOut)
    })

    test('S09 one unit more is refused by name, and nothing moves', async () => {
      const { amountOut } = await quote(sell(on.baseRaw))
      const { outcome, from } = await swap(sell(on.baseRaw, amountOut + 1n))
      expect(reasonOf(outcome)).toMatch(/[a-z]{3}/i)
      expect(await on.balance(from, on.base)).toBe(on.baseRaw)
      expect(await on.balance(from, on.quote)).toBe(0n)
    })

    test('S10 a price that moved against the minimum is refused by name', async () => {
      const { amountOut } = await quote(sell(on.baseRaw))
      await received(sell(on.baseRaw))
      reasonOf((await swap(sell(on.baseRaw, amountOut))).outcome)
    })

    test('S11 a swap after its deadline is refused by name', async () => {
      const { timestamp } = await on.latest()
      const { outcome, from } = await swap(sell(on.baseRaw), { deadline: timestamp })
      expect(reasonOf(outcome)).toMatch(/[a-z]{3}/i)
      expect(await on.balance(from, on.base)).toBe(on.baseRaw)
    })

    test('S12 what the sender does not have cannot be sold', async () => {
      const from = await on.account()
      const deadline = (await on.latest()).timestamp + HOUR
      const calls = on.venue.encode(sell(on.baseRaw), { owner: from, sender: from, deadline })
      reasonOf(await on.send(calls, from))
    })

    test('S13 the price before is the market’s, either way round', async () => {
      const { spot, fee } = await read()
      const selling = await quote(sell(on.baseRaw))
      const buying = await quote(buy(await quoteRaw()))
      expect(selling.spotBefore).toBe(spot)
      expect([selling.fee, buying.fee]).toEqual([fee, fee])
      const product = numberFromWad(selling.spotBefore) * numberFromWad(buying.spotBefore)
      expect(product).toBeCloseTo(1, 9)
    })

    test('S14 nothing is bought better than at the price before, less the fee', async () => {
      for (const intent of [sell(on.baseRaw), buy(await quoteRaw())]) {
        const { amountOut, spotBefore, fee } = await quote(intent)
        const least = worth(intent.amountIn, intent.tokenIn, intent.tokenOut, spotBefore) + 1n
        expect(Number(amountOut)).toBeLessThanOrEqual(Number(least) * (1 - fee) * (1 + 1e-9))
      }
    })

    test('S15 a small trade costs the fee and hardly more', async () => {
      for (const intent of [sell(on.baseRaw / 1_000n), buy((await quoteRaw()) / 1_000n)]) {
        const { amountOut, spotBefore, fee } = await quote(intent)
        const fair = worth(intent.amountIn, intent.tokenIn, intent.tokenOut, spotBefore)
        expect(Number(amountOut) / Number(fair) / (1 - fee)).toBeCloseTo(1, 4)
      }
    })

    test('S16 more brings more, and each unit of more brings less', async () => {
      for (const whole of [on.baseRaw, await quoteRaw()]) {
        const intentOf = whole === on.baseRaw ? sell : buy
        let [last, lastAverage] = [0n, Number.POSITIVE_INFINITY]
        for (const part of [1n, 2n, 4n, 8n, 16n]) {
          const amountIn = (whole * part) / 8n
          const { amountOut } = await quote(intentOf(amountIn))
          expect(amountOut > last).toBe(true)
          const average = Number(amountOut) / Number(amountIn)
          expect(average).toBeLessThan(lastAverage)
          ;[last, lastAverage] = [amountOut, average]
        }
      }
    })

    test('S17 selling lowers the price and buying raises it', async () => {
      const before = (await read()).spot
      await received(sell(on.baseRaw))
      const after = (await read()).spot
      expect(after < before).toBe(true)
      await received(buy(await quoteRaw()))
      expect((await read()).spot > after).toBe(true)
    })

    test('S18 there and back costs at least both fees', async () => {
      const { fee } = await read()
      const bought = await received(buy(await quoteRaw()))
      const paid = await quoteRaw()
      const back = await received(sell(bought))
      expect(Number(back) / Number(paid)).toBeLessThan((1 - fee) ** 2 * (1 + 1e-3))
    })

    test('S19 the depth below is what moves the price down by 1 %', async () => {
      const { spot, depthDown, fee } = await read()
      const base = (numberFromUsd(depthDown) / numberFromWad(spot) / (1 - fee)) * 1.005
      await received(sell(toRaw(base, on.base)))
      expect(Number((await read()).spot) / Number(spot)).toBeCloseTo(0.99, 3)
    })

    test('S20 the depth above is what moves the price up by 1 %', async () => {
      const { spot, depthUp } = await read()
      await received(buy(toRaw(numberFromUsd(depthUp), on.quote)))
      expect(Number((await read()).spot) / Number(spot)).toBeCloseTo(1.01, 3)
    })

    test('S21 what was traded in the last five minutes is counted, both ways, once', async () => {
      await on.mine(2 * WINDOW)
      expect((await read()).volume5m).toBe(0n)
      const sold = await received(sell(on.baseRaw))
      const first = numberFromUsd((await read()).volume5m)
      expect(first).toBeCloseTo(numberFromRaw(sold, on.quote.decimals), 5)
      const paid = await quoteRaw()
      await received(buy(paid))
      const both = numberFromUsd((await read()).volume5m)
      expect(both).toBeCloseTo(first + numberFromRaw(paid, on.quote.decimals), 5)
      expect(numberFromUsd((await read()).volume5m)).toBe(both)
    })

    test('S22 volume is forgotten after five minutes, and not before', async () => {
      await on.mine(2 * WINDOW)
      await received(sell(on.baseRaw))
      const traded = await on.latest()
      const { volume5m } = await read(traded)
      await on.mine(WINDOW - 1)
      expect((await read()).volume5m).toBe(volume5m)
      await on.mine(1)
      expect((await read()).volume5m).toBe(0n)
      expect((await read(traded)).volume5m).toBe(volume5m)
    })

    test('S23 reading or quoting an old block gives the old answer', async () => {
      await received(sell(on.baseRaw))
      const block = await on.latest()
      const [reading, quoted] = [await read(block), await quote(sell(on.baseRaw), block)]
      await received(sell(on.baseRaw))
      await on.mine(WINDOW)
      expect((await read()).spot).not.toBe(reading.spot)
      expect((await quote(sell(on.baseRaw))).amountOut).not.toBe(quoted.amountOut)
      expect(await read(block)).toEqual(reading)
      expect(await quote(sell(on.baseRaw), block)).toEqual(quoted)
    })

    test('S24 a chain that goes back takes its trades along, however long it is then', async () => {
      await on.mine(2 * WINDOW)
      const paid = await quoteRaw()
      const bought = numberFromRaw(paid, on.quote.decimals)
      for (const further of [0, 1]) {
        const back = await on.checkpoint()
        await received(sell(on.baseRaw))
        expect((await read()).volume5m > 0n).toBe(true)
        await back()
        await received(buy(paid))
        for (let n = 0; n < further; n++) await on.mine(1)
        expect(numberFromUsd((await read()).volume5m)).toBeCloseTo(bought, 5)
        await on.mine(2 * WINDOW)
      }
      const back = await on.checkpoint()
      await received(sell(on.baseRaw))
      expect((await read()).volume5m > 0n).toBe(true)
      await back()
      expect((await read()).volume5m).toBe(0n)
    })

    test('S25 an unknown pair or another venue is refused', async () => {
      const block = await on.latest()
      const account = await on.account()
      const context = { owner: account, sender: account, deadline: block.timestamp + HOUR }
      for (const bad of [
        { ...sell(on.baseRaw), tokenOut: on.stranger },
        { ...sell(on.baseRaw), tokenIn: on.stranger },
        { ...sell(on.baseRaw), tokenOut: on.base },
        { ...sell(on.baseRaw), venue: 'elsewhere:0x1' },
      ]) {
        await expect(on.venue.quote(bad, block)).rejects.toThrow(InvalidIntentError)
        expect(() => on.venue.encode(bad, context)).toThrow(InvalidIntentError)
      }
    })

    test('S26 nothing sold, and nothing asked for in return, never become calls', async () => {
      const block = await on.latest()
      const account = await on.account()
      const context = { owner: account, sender: account, deadline: block.timestamp + HOUR }
      for (const amountIn of [0n, -1n]) {
        await expect(on.venue.quote(sell(amountIn), block)).rejects.toThrow(InvalidIntentError)
        expect(() => on.venue.encode(sell(amountIn), context)).toThrow(InvalidIntentError)
      }
      for (const minOut of [0n, -1n])
        expect(() => on.venue.encode(sell(on.baseRaw, minOut), context)).toThrow(InvalidIntentError)
    })

    test('S27 calls name their venue, say what they do and carry no ether', async () => {
      const account = await on.account()
      const { timestamp } = await on.latest()
      const context = { owner: account, sender: account, deadline: timestamp + HOUR }
      const calls = on.venue.encode(sell(on.baseRaw), context)
      expect(calls.length).toBeGreaterThan(0)
      for (const call of calls) {
        expect(call.venue).toBe(on.venue.id)
        expect(call.value).toBe(0n)
        expect(call.label).toMatch(/[a-z]{3}/i)
      }
    })

    test('S28 revert data of someone else is not claimed', () => {
      for (const data of ['0x', '0xdeadbeef', `0x${'ab'.repeat(40)}`] as const)
        expect(on.venue.decodeRevert(data)).toBeNull()
    })
  })
}

/** Worth of an amount in another token at a price of one in the other. [decimals of `into`] */
const worth = (raw: bigint, of: Token, into: Token, spot: bigint): bigint =>
  mulDivDown(raw * spot, 10n ** BigInt(into.decimals), WAD * 10n ** BigInt(of.decimals))

const toRaw = (amount: number, { decimals }: Token): bigint =>
  mulDivUp(BigInt(Math.round(amount * 1e8)), 10n ** BigInt(decimals), 10n ** 8n)
