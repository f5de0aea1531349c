import type { LendingPosition, PerpPosition, TradeIntent } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { type ActionDraft, aaveOf, morphoOf, perpOf, rawOf } from './startStage.ts'
import { expectOwed, expectSupplied, useActionBench } from './useActionBench.ts'

const on = useActionBench()

/** A trade of signed `size` for at most a hundredth worse than its quote. */
async function trade(
  perp: PerpPosition,
  asset: 'ETH' | 'BTC',
  size: bigint,
  reduceOnly: boolean,
): Promise<TradeIntent> {
  const intent = {
    type: 'trade',
    venue: perp.venue,
    domain: perp.domain,
    market: `${asset}-PERP`,
    asset,
    size,
    reduceOnly,
  } as const
  const { notional } = await on.stage.venues.perps[0]!.quote(intent, on.frame.block, on.owner)
  return { ...intent, limit: (notional * (size > 0n ? 101n : 99n)) / 100n }
}

describe('repay', () => {
  test('part of a debt on Aave from the reserve', async () => {
    const aave = aaveOf(on.frame)
    await on.stage.carryOut({
      type: 'repay',
      domain: aave.domain,
      intents: [on.margin('repay', aave, 'USDC', on.raw('USDC', 10_000))],
    })
    const after = await on.book()
    expect(on.before.wallet.USDC - after.wallet.USDC).toBe(on.raw('USDC', 10_000))
    expectOwed(after.aave.owed.USDC, on.before.aave.owed.USDC, on.raw('USDC', 10_000))
    expect(after.aave.health > on.before.aave.health).toBe(true)
    expect(after.aave.supplied.WBTC).toBe(on.before.aave.supplied.WBTC)
  })

  test('part of a debt on Morpho from the reserve', async () => {
    const morpho = morphoOf(on.frame, 'WBTC')
    await on.stage.carryOut({
      type: 'repay',
      domain: morpho.domain,
      intents: [on.margin('repay', morpho, 'USDC', on.raw('USDC', 10_000))],
    })
    const after = await on.book()
    expect(on.before.wallet.USDC - after.wallet.USDC).toBe(on.raw('USDC', 10_000))
    expectOwed(after.morpho.WBTC.owed, on.before.morpho.WBTC.owed, on.raw('USDC', 10_000))
    expect(after.morpho.WETH).toEqual({ ...on.before.morpho.WETH, owed: expect.any(BigInt) })
  })

  test('the whole debt on Morpho, without dust', async () => {
    await on.stage.devnet.mint('USDC', on.owner, on.raw('USDC', 100_000))
    const now = await on.stage.frame()
    const morpho = morphoOf(now, 'WETH')
    const owed = rawOf(morpho.debt, 'USDC')
    await on.stage.carryOut({
      type: 'repay',
      domain: morpho.domain,
      intents: [on.margin('repay', morpho, 'USDC', owed)],
    })
    const after = await on.book()
    expect(after.morpho.WETH).toEqual({ ...on.before.morpho.WETH, debtShares: 0n, owed: 0n })
    const paid = on.before.wallet.USDC + on.raw('USDC', 100_000) - after.wallet.USDC
    expectOwed(paid, owed, 0n)
  })
})

describe('add-collateral', () => {
  test('WETH on Aave', async () => {
    await on.stage.devnet.mint('WETH', on.owner, on.raw('WETH', 5))
    const aave = aaveOf(on.frame)
    await on.stage.carryOut({
      type: 'add-collateral',
      domain: aave.domain,
      intents: [on.margin('supply', aave, 'WETH', on.raw('WETH', 5))],
    })
    const after = await on.book()
    expect(after.wallet.WETH).toBe(0n)
    expectSupplied(after.aave.supplied.WETH, on.before.aave.supplied.WETH + on.raw('WETH', 5))
    expect(after.aave.health > on.before.aave.health).toBe(true)
  })

  test('WBTC on Morpho', async () => {
    await on.stage.devnet.mint('WBTC', on.owner, on.raw('WBTC', 0.75))
    const morpho = morphoOf(on.frame, 'WBTC')
    await on.stage.carryOut({
      type: 'add-collateral',
      domain: morpho.domain,
      intents: [on.margin('supply', morpho, 'WBTC', on.raw('WBTC', 0.75))],
    })
    const after = await on.book()
    expect(after.wallet.WBTC).toBe(0n)
    expect(after.morpho.WBTC.collateral - on.before.morpho.WBTC.collateral).toBe(75_000_000n)
    expect(after.morpho.WBTC.debtShares).toBe(on.before.morpho.WBTC.debtShares)
  })

  test('USDC as margin of a perp account', async () => {
    const perp = perpOf(on.frame)
    await on.stage.carryOut({
      type: 'add-collateral',
      domain: perp.domain,
      intents: [on.margin('supply', perp, 'USDC', on.raw('USDC', 5_000))],
    })
    const after = await on.book()
    expect(on.before.wallet.USDC - after.wallet.USDC).toBe(on.raw('USDC', 5_000))
    expect(after.perp.margin - on.before.perp.margin).toBe(on.raw('USDC', 5_000))
    expect(after.perp.size).toEqual(on.before.perp.size)
  })
})

describe('transfer', () => {
  const move = (
    symbol: 'WETH' | 'WBTC',
    raw: bigint,
    from: LendingPosition,
    to: LendingPosition,
  ): ActionDraft => ({
    type: 'transfer',
    domain: to.domain,
    intents: [on.margin('withdraw', from, symbol, raw), on.margin('supply', to, symbol, raw)],
  })

  test.each([
    ['WBTC', 0.4],
    ['WETH', 12.5],
  ] as const)('%s from Aave to Morpho and back', async (symbol, amount) => {
    const raw = on.raw(symbol, amount)
    const [aave, morpho] = [aaveOf(on.frame), morphoOf(on.frame, symbol)]
    await on.stage.carryOut(move(symbol, raw, aave, morpho))
    const middle = await on.book()
    expect(middle.wallet).toEqual(on.before.wallet)
    expect(middle.morpho[symbol].collateral - on.before.morpho[symbol].collateral).toBe(raw)
    expectSupplied(middle.aave.supplied[symbol], on.before.aave.supplied[symbol] - raw)
    expect(middle.aave.health < on.before.aave.health).toBe(true)

    await on.stage.carryOut(move(symbol, raw, morpho, aave))
    const after = await on.book()
    expect(after.wallet).toEqual(on.before.wallet)
    expect(after.morpho[symbol].collateral).toBe(on.before.morpho[symbol].collateral)
    expectSupplied(after.aave.supplied[symbol], on.before.aave.supplied[symbol])
  })

  test('the whole of a collateral in one transaction, without a loan', async () => {
    const [aave, morpho] = [aaveOf(on.frame), morphoOf(on.frame, 'WBTC')]
    const raw = rawOf(aave.collateral, 'WBTC')
    const [order] = await on.stage.carryOut({
      ...move('WBTC', raw, aave, morpho),
      settlement: 'atomic',
    })
    expect(order?.transactions.length).toBe(1)
    const after = await on.book()
    expect(after.aave.supplied.WBTC).toBe(0n)
    expect(after.morpho.WBTC.collateral - on.before.morpho.WBTC.collateral).toBe(raw)
    expect(after.wallet).toEqual(on.before.wallet)
  })

  test.each(['Aave', 'Morpho'] as const)(
    'free margin of a perp account to a debt on %s',
    async (where) => {
      const perp = perpOf(on.frame)
      const loan = where === 'Aave' ? aaveOf(on.frame) : morphoOf(on.frame, 'WBTC')
      await on.stage.carryOut({
        type: 'transfer',
        domain: loan.domain,
        intents: [
          on.margin('withdraw', perp, 'USDC', on.raw('USDC', 8_000)),
          on.margin('repay', loan, 'USDC', on.raw('USDC', 8_000)),
        ],
      })
      const after = await on.book()
      expect(after.wallet).toEqual(on.before.wallet)
      const free = on.before.perp.free - after.perp.free
      expect(
        free >= on.raw('USDC', 8_000) - 10n && free <= on.raw('USDC', 8_001),
        `${free} less free`,
      ).toBe(true)
      const [had, has] =
        where === 'Aave'
          ? [on.before.aave.owed.USDC, after.aave.owed.USDC]
          : [on.before.morpho.WBTC.owed, after.morpho.WBTC.owed]
      expectOwed(has, had, on.raw('USDC', 8_000))
    },
  )
})

describe('perp', () => {
  test('reduces a part', async () => {
    const perp = perpOf(on.frame)
    const half = on.before.perp.size.ETH / 2n
    await on.stage.carryOut({
      type: 'reduce',
      domain: perp.domain,
      intents: [await trade(perp, 'ETH', -half, true)],
    })
    const after = await on.book()
    expect(after.perp.size).toEqual({ ETH: on.before.perp.size.ETH - half, BTC: 0n })
    expect(after.perp.free > on.before.perp.free).toBe(true)
    expect(after.wallet).toEqual(on.before.wallet)
  })

  test('closes the whole, and the margin can leave', async () => {
    const perp = perpOf(on.frame)
    await on.stage.carryOut({
      type: 'reduce',
      domain: perp.domain,
      intents: [await trade(perp, 'ETH', -on.before.perp.size.ETH, true)],
    })
    const closed = await on.book()
    expect(closed.perp.size).toEqual({ ETH: 0n, BTC: 0n })
    await on.stage.carryOut({
      type: 'transfer',
      domain: perp.domain,
      intents: [on.margin('withdraw', perp, 'USDC', closed.perp.free)],
    })
    const after = await on.book()
    expect(after.wallet.USDC - on.before.wallet.USDC).toBe(closed.perp.free)
    expect(after.perp.margin <= 1n).toBe(true)
  })

  test('hedges net exposure with a short', async () => {
    const perp = perpOf(on.frame)
    const hedge = { asset: 'BTC', maxDeltaShare: 0.1, targetDeltaShare: 0.05, minPerpHealth: 3 }
    const market = { market: 'BTC-PERP', asset: 'BTC' }
    const { actions } = on.plan(
      { hedge },
      { perps: [{ venue: perp.venue, domain: perp.domain, ...market }] },
    )
    expect(actions.map(({ type }) => type)).toEqual(['hedge'])
    const [intent] = actions[0]!.intents
    await on.stage.carryOut(actions[0]!)
    const after = await on.book()
    expect(intent?.type === 'trade' && intent.size).toBe(after.perp.size.BTC)
    expect(after.perp.size.BTC < 0n).toBe(true)
    expect(after.perp.size.ETH).toBe(on.before.perp.size.ETH)
    expect(after.wallet).toEqual(on.before.wallet)
  })
})

test('an action that cannot be what it was planned as is refused, and nothing is signed', async () => {
  const aave = aaveOf(on.frame)
  const sale = await on.sale('WBTC', on.raw('WBTC', 0.5))
  const greedy: ActionDraft = {
    type: 'deleverage',
    domain: aave.domain,
    intents: [
      on.margin('withdraw', aave, 'WBTC', sale.amountIn),
      { ...sale, minOut: sale.minOut * 2n },
      on.margin('repay', aave, 'USDC', sale.minOut),
    ],
  }
  await expect(on.stage.carryOut(greedy)).rejects.toThrow(/refused/)
  expect(await on.book()).toEqual(on.before)
})
