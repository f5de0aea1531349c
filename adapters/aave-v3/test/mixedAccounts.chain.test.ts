import { erc20Abi } from '@plimsoll/evm'
import { maxUint256 } from 'viem'
import { describe, expect, test } from 'vitest'
import { poolAbi } from '../src/abi.ts'
import { loadAaveV3 } from '../src/index.ts'
import { accountAbi, pricesOf, useAave, whole } from './useAave.ts'

const DAY = 86_400

const on = useAave()

describe('mixed accounts', () => {
  test('the margin domain agrees with the pool to 1e-9 whatever the mix', async () => {
    for (const mix of [
      [3, 0.2, 0],
      [10, 1, 3_000],
      [0.5, 0.01, 40_000],
      [7, 0, 123.456],
    ] as const) {
      const holdings = ([on.weth, on.wbtc, on.usdc] as const)
        .map((token, i) => [token, mix[i] ?? 0] as const)
        .filter(([, amount]) => amount > 0)
      const owner = await on.open(holdings, [
        [on.usdc, 2_000],
        [on.wbtc, 0.005],
      ])
      await on.chain.devnet.mine(33 * DAY)
      await on.chain.movePrice('BTC', 0.9317)
      const position = await on.read(owner)
      const health = on.chain.aave.liquidation(position).health(pricesOf(position))
      const stated = Number(position.healthFactor) / 1e18
      expect(
        health.type === 'solvent' && Math.abs(Math.exp(health.lnHealth) / stated - 1),
      ).toBeLessThan(1e-9)
    }
  })

  test('the domain predicts the price of liquidation of a mixed account to a basis point', async () => {
    const owner = await on.open(
      [
        [on.weth, 10],
        [on.wbtc, 0.5],
      ],
      [[on.usdc, 24_000]],
    )
    const position = await on.read(owner)
    const prices = pricesOf(position)
    const strike = on.chain.aave.liquidation(position).liquidationPrice('ETH', prices)
    const factor = strike! / prices.get('ETH')!
    await on.chain.movePrice('ETH', factor * 1.0005)
    expect(
      await on.chain.liquidationError({ account: owner, collateral: on.weth, debt: on.usdc }),
    ).toBe('45')
    await on.chain.movePrice('ETH', 0.999)
    expect(
      await on.chain.liquidationError({ account: owner, collateral: on.weth, debt: on.usdc }),
    ).toBeNull()
  })

  test('collateral that is switched off does not count and is free to go', async () => {
    const owner = await on.open(
      [
        [on.weth, 10],
        [on.wbtc, 1],
      ],
      [[on.usdc, 10_000]],
    )
    const before = await on.read(owner)
    await on.chain.transact(owner, on.pool(), accountAbi, 'setUserUseReserveAsCollateral', [
      on.wbtc.address,
      false,
    ])
    const after = await on.read(owner)
    expect(after.healthFactor < before.healthFactor).toBe(true)
    const leg = after.collateral.find(({ token }) => token === on.wbtc)
    expect([leg?.liquidationThreshold, leg?.maxLtv, leg!.raw > 99_000_000n]).toEqual([0n, 0n, true])
    const quoted = on.chain.aave.quote(on.intent('withdraw', owner, on.wbtc, leg!.raw), after)
    expect([quoted.feasible, quoted.healthAfter]).toEqual([true, after.healthFactor])
    expect(await on.act('withdraw', { owner, token: on.wbtc, raw: leg!.raw })).toEqual({
      type: 'settled',
    })
  })

  test('collateral that lost its ltv must leave first, on chain as in the quote', async () => {
    const owner = await on.open(
      [
        [on.weth, 10],
        [on.wbtc, 1],
      ],
      [[on.usdc, 5_000]],
    )
    await on.admin(on.configurator(), 'configureReserveAsCollateral', [
      on.wbtc.address,
      0,
      7_800,
      10_500,
    ])
    const position = await on.read(owner)
    const some = { owner, token: on.weth, raw: whole(on.weth, 1) }
    expect(
      on.chain.aave.quote(on.intent('withdraw', owner, on.weth, some.raw), position).feasible,
    ).toBe(false)
    const outcome = await on.act('withdraw', some)
    expect(outcome.type === 'reverted' && on.chain.aave.decodeRevert(outcome.data)?.reason).toBe(
      'LTV_VALIDATION_FAILED',
    )
    expect(await on.act('withdraw', { owner, token: on.wbtc, raw: whole(on.wbtc, 0.5) })).toEqual({
      type: 'settled',
    })
  })

  test('a stranger’s gift in an asset that is not configured neither blocks nor helps', async () => {
    const narrow = await loadAaveV3({
      client: on.chain.reader,
      pool: on.pool(),
      tokens: [on.weth, on.usdc],
    })
    const owner = await on.open([[on.weth, 10]], [[on.usdc, 10_000]])
    const giver = await on.chain.account()
    await on.chain.fund(giver, on.wbtc, 12_345n)
    await on.chain.transact(giver, on.wbtc.address, erc20Abi, 'approve', [on.pool(), maxUint256])
    await on.chain.transact(giver, on.pool(), poolAbi, 'supply', [
      on.wbtc.address,
      12_345n,
      owner,
      0,
    ])

    const position = await on.read(owner, narrow)
    expect(position.healthFactor).toBe((await on.read(owner)).healthFactor)
    expect(position.collateral.map(({ token }) => token.symbol)).toEqual(['WETH', 'USDC'])
    const health = narrow.liquidation(position).health(pricesOf(position))
    expect(health.type === 'solvent' && Math.exp(health.lnHealth) * 1e18).toBeLessThanOrEqual(
      Number(position.healthFactor) * (1 + 1e-12),
    )
  })
})
