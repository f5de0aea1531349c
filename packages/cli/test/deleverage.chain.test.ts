import type { TokenSymbol } from '@plimsoll/devnet'
import type { Frame, LendingPosition } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { type ActionDraft, aaveOf, morphoOf, rawOf } from './startStage.ts'
import { expectOwed, expectSupplied, useActionBench } from './useActionBench.ts'

/** Where the feeds begin. [USD 1e8] */
const PRICES = { ETH: 2_000_00000000n, BTC: 40_000_00000000n } as const

const on = useActionBench()

/** Repay with a loan, withdraw what that frees, sell it, pay the lender back. */
async function deleverage(
  position: LendingPosition,
  symbol: TokenSymbol,
  raw: bigint,
): Promise<ActionDraft> {
  const swap = await on.sale(symbol, raw)
  const owed = rawOf(position.debt, 'USDC')
  const all = owed + owed / 100_000n // a whole debt grows until it is paid
  const repaid = swap.minOut < all ? swap.minOut : all
  return {
    type: 'deleverage',
    domain: position.domain,
    settlement: 'atomic',
    flashLoan: { token: on.token('USDC'), raw: repaid },
    intents: [
      on.margin('repay', position, 'USDC', repaid),
      on.margin('withdraw', position, symbol, raw),
      swap,
    ],
  }
}

describe('deleverage in one transaction with a flash loan', () => {
  test('part of the WETH on Aave', async () => {
    const aave = aaveOf(on.frame)
    const raw = on.raw('WETH', 20)
    const draft = await deleverage(aave, 'WETH', raw)
    const [order] = await on.stage.carryOut(draft)
    expect(order?.transactions.length).toBe(1)
    const after = await on.book()
    const repaid = draft.flashLoan!.raw
    expectOwed(after.aave.owed.USDC, on.before.aave.owed.USDC, repaid)
    expectSupplied(after.aave.supplied.WETH, on.before.aave.supplied.WETH - raw)
    expect(after.aave.health > on.before.aave.health).toBe(true)
    const back = after.wallet.USDC - on.before.wallet.USDC
    expect(0n < back && back < repaid / 50n, `${back} came back`).toBe(true)
    expect(after.wallet.WETH).toBe(on.before.wallet.WETH)
  })

  test.each([0, 400])('the whole of the WBTC on Aave, %i days after supply', async (days) => {
    await on.stage.devnet.mine(days * 86_400 + 1)
    for (const feed of ['ETH', 'BTC'] as const) await on.stage.devnet.setFeed(feed, PRICES[feed])
    await on.stage.devnet.setFeed('USDC', 10n ** 8n)
    await on.begin()
    const aave = aaveOf(on.frame)
    const raw = rawOf(aave.collateral, 'WBTC')
    expect(raw).toBe(on.before.aave.supplied.WBTC)
    const draft = await deleverage(aave, 'WBTC', raw)
    await on.stage.carryOut(draft)
    const after = await on.book()
    expect(after.aave.supplied.WBTC).toBe(0n)
    expectOwed(after.aave.owed.USDC, on.before.aave.owed.USDC, draft.flashLoan!.raw)
    expect(after.wallet.WBTC).toBe(0n)
    expect(after.wallet.USDC > on.before.wallet.USDC).toBe(true)
  })

  test('part of the WBTC on Morpho', async () => {
    const morpho = morphoOf(on.frame, 'WBTC')
    const raw = on.raw('WBTC', 1)
    const draft = await deleverage(morpho, 'WBTC', raw)
    await on.stage.carryOut(draft)
    const after = await on.book()
    expect(on.before.morpho.WBTC.collateral - after.morpho.WBTC.collateral).toBe(raw)
    expectOwed(after.morpho.WBTC.owed, on.before.morpho.WBTC.owed, draft.flashLoan!.raw)
    expect(after.wallet.USDC > on.before.wallet.USDC).toBe(true)
  })

  test('the whole of the WBTC on Morpho, which pays the whole debt', async () => {
    const morpho = morphoOf(on.frame, 'WBTC')
    const raw = rawOf(morpho.collateral, 'WBTC')
    await on.stage.carryOut(await deleverage(morpho, 'WBTC', raw))
    const after = await on.book()
    expect(after.morpho.WBTC).toEqual({ collateral: 0n, debtShares: 0n, owed: 0n })
    expect(after.wallet.WBTC).toBe(0n)
    const kept = after.wallet.USDC - on.before.wallet.USDC
    expect(kept > on.raw('USDC', 50_000), `${kept} kept of what was not owed`).toBe(true)
  })
})

test('what an action leaves over comes back to the owner', async () => {
  const morpho = morphoOf(on.frame, 'WBTC')
  const [all, sold] = [on.raw('WBTC', 1), on.raw('WBTC', 0.9)]
  const draft = await deleverage(morpho, 'WBTC', sold)
  await on.stage.carryOut({
    ...draft,
    intents: draft.intents.map((intent) =>
      intent.type === 'withdraw' ? { ...intent, raw: all } : intent,
    ),
  })
  const after = await on.book()
  expect(after.wallet.WBTC - on.before.wallet.WBTC).toBe(all - sold)
  expect(on.before.morpho.WBTC.collateral - after.morpho.WBTC.collateral).toBe(all)
})

describe('deleverage step by step', () => {
  test.each([
    ['Aave', 0.6],
    ['Morpho', 0.69],
  ] as const)(
    'on %s, where nobody lends: withdraw, sell, repay, never near liquidation',
    async (where, fall) => {
      for (const feed of ['ETH', 'BTC'] as const)
        await on.stage.devnet.setFeed(feed, BigInt(Math.round(Number(PRICES[feed]) * fall)))
      await on.begin()
      const loanIn = (of: Frame) => (where === 'Aave' ? aaveOf(of) : morphoOf(of, 'WBTC'))
      const { venue, domain } = loanIn(on.frame)
      const swaps = on.stage.venues.swaps.flatMap(({ id }) =>
        (['WETH', 'WBTC'] as const).map((symbol) => ({
          venue: id,
          tokens: [on.token(symbol), on.token('USDC')] as const,
        })),
      )
      const { actions } = on.plan({ restoreBelow: 1.2, restoreTo: 1.25 }, { swaps })
      const steps = actions.filter((action) => action.domain === domain)
      expect(steps.length).toBeGreaterThan(1)
      for (const action of steps) {
        expect(action).toMatchObject({ type: 'deleverage', settlement: 'direct', flashLoan: null })
        expect(action.intents.map(({ type }) => type)).toEqual(['withdraw', 'swap', 'repay'])
        const [order] = await on.stage.carryOut(action)
        expect(order?.transactions.map(({ call }) => call.to)).not.toContain(
          on.stage.executor.address,
        )
        for (const { block } of order?.receipts ?? []) {
          const { hash, timestamp } = await on.stage.client.getBlock({ blockNumber: block })
          const at = { number: block, hash, timestamp, gasPrice: 0n }
          const lender = on.stage.venues.lending.find(({ id }) => id === venue)
          const loan = (await lender!.read(on.owner, at)).find((each) => each.domain === domain)
          expect(Number(loan?.healthFactor) / 1e18).toBeGreaterThan(1.01)
        }
      }
      const reached = Number(loanIn(await on.stage.frame()).healthFactor) / 1e18
      expect(reached).toBeGreaterThan(1.2499)
      const after = await on.book()
      expect(after.wallet).toMatchObject({ WETH: 0n, WBTC: 0n })
      expect(after.wallet.USDC >= on.before.wallet.USDC).toBe(true)
    },
  )
})
