import type { Token } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { poolAbi } from '../src/abi.ts'
import { loadAaveV3, UnsupportedByAdapterError, VenueChangedError } from '../src/index.ts'
import { accountAbi, useAave, whole } from './useAave.ts'

const on = useAave()

describe('refusals', () => {
  test('debt in an asset that is not configured', async () => {
    const narrow = await loadAaveV3({ client: on.chain.reader, pool: on.pool(), tokens: [on.weth] })
    const owner = await on.open([[on.weth, 10]], [[on.usdc, 1_000]])
    await expect(on.read(owner, narrow)).rejects.toThrow(UnsupportedByAdapterError)
  })

  test('an e-mode', async () => {
    const owner = await on.open([[on.weth, 10]], [])
    await on.admin(on.configurator(), 'setEModeCategory', [
      1,
      9_000,
      9_300,
      10_100,
      `0x${'0'.repeat(40)}`,
      'x',
    ])
    await on.chain.transact(owner, on.pool(), accountAbi, 'setUserEMode', [1])
    await expect(on.read(owner)).rejects.toThrow(UnsupportedByAdapterError)
  })

  test('stable-rate debt', async () => {
    const owner = await on.open([[on.weth, 10]], [])
    await on.admin(on.configurator(), 'setReserveStableRateBorrowing', [on.usdc.address, true])
    const { status } = await on.chain.transact(owner, on.pool(), poolAbi, 'borrow', [
      on.usdc.address,
      1_000_000n,
      1n,
      0,
      owner,
    ])
    expect(status).toBe('0x1')
    await expect(on.read(owner)).rejects.toThrow(UnsupportedByAdapterError)
  })

  test('another oracle than at the start', async () => {
    const owner = await on.chain.account() // an empty one: the pool asks no price for it
    const { addressesProvider } = on.chain.devnet.deployment.aave
    await on.admin(addressesProvider, 'setPriceOracle', [on.chain.devnet.accounts.stranger.address])
    await expect(on.read(owner)).rejects.toThrow(VenueChangedError)
  })

  test('a token the pool does not list, or with other decimals', async () => {
    const load = (token: Token) =>
      loadAaveV3({ client: on.chain.reader, pool: on.pool(), tokens: [on.weth, token] })
    const unlisted = { ...on.usdc, address: on.chain.devnet.deployment.feeds.ETH }
    await expect(load(unlisted)).rejects.toThrow(UnsupportedByAdapterError)
    await expect(load({ ...on.usdc, decimals: 18 })).rejects.toThrow(UnsupportedByAdapterError)
  })

  test('a contract that is no pool', async () => {
    const load = loadAaveV3({ client: on.chain.reader, pool: on.weth.address, tokens: [on.weth] })
    await expect(load).rejects.toMatchObject({ code: 'VENUE_READ', recovery: 'retry' })
  })

  test.each([
    ['more than supplied', 'withdraw', () => on.weth, 11, 'NOT_ENOUGH_AVAILABLE_USER_BALANCE'],
    [
      'below health one',
      'withdraw',
      () => on.weth,
      9,
      'HEALTH_FACTOR_LOWER_THAN_LIQUIDATION_THRESHOLD',
    ],
    ['beyond the ltv', 'borrow', () => on.usdc, 12_000, 'COLLATERAL_CANNOT_COVER_NEW_BORROW'],
    ['debt that is not there', 'repay', () => on.wbtc, 0.001, 'NO_DEBT_OF_SELECTED_TYPE'],
  ] as const)('%s reverts as %s names it', async (_, type, token, amount, name) => {
    const owner = await on.open([[on.weth, 10]], [[on.usdc, 5_000]])
    if (type === 'repay') await on.chain.fund(owner, token(), whole(token(), amount))
    const raw = whole(token(), amount)
    expect(
      on.chain.aave.quote(on.intent(type, owner, token(), raw), await on.read(owner)).feasible,
    ).toBe(false)
    const outcome = await on.act(type, { owner, token: token(), raw })
    expect(outcome.type === 'reverted' && on.chain.aave.decodeRevert(outcome.data)?.reason).toBe(
      name,
    )
  })

  test('a paused reserve is named by the revert, since no position shows it', async () => {
    const owner = await on.open([[on.weth, 10]], [[on.usdc, 5_000]])
    await on.admin(on.configurator(), 'setReservePause', [on.usdc.address, true])
    const outcome = await on.act('repay', { owner, token: on.usdc, raw: 1_000_000n })
    expect(outcome.type === 'reverted' && on.chain.aave.decodeRevert(outcome.data)).toMatchObject({
      reason: 'RESERVE_PAUSED',
      recovery: 'refresh',
    })
  })
})
