import {
  type Address,
  type LendingPosition,
  type MarginIntent,
  type Token,
  WAD,
} from '@plimsoll/domain'
import { erc20Abi } from '@plimsoll/evm'
import { createRandom } from '@plimsoll/testkit'
import { maxUint256, parseAbi, parseEventLogs } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { poolAbi } from '../src/abi.ts'
import {
  domainIdOf,
  loadAaveV3,
  UnsupportedByAdapterError,
  VenueChangedError,
} from '../src/index.ts'
import { type AaveChain, startAave } from './aaveChain.ts'

const DAY = 86_400

const moreAbi = parseAbi([
  'event Supply(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint16 indexed referralCode)',
  'event Withdraw(address indexed reserve, address indexed user, address indexed to, uint256 amount)',
  'event Borrow(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint8 interestRateMode, uint256 borrowRate, uint16 indexed referralCode)',
  'event Repay(address indexed reserve, address indexed user, address indexed repayer, uint256 amount, bool useATokens)',
  'function setUserUseReserveAsCollateral(address asset, bool useAsCollateral)',
  'function setUserEMode(uint8 category)',
])
const adminAbi = parseAbi([
  'function setEModeCategory(uint8 id, uint16 ltv, uint16 threshold, uint16 bonus, address oracle, string label)',
  'function setReserveStableRateBorrowing(address asset, bool enabled)',
  'function configureReserveAsCollateral(address asset, uint256 ltv, uint256 threshold, uint256 bonus)',
  'function setReservePause(address asset, bool paused)',
  'function setPriceOracle(address oracle)',
])

let chain: AaveChain
let restore: () => Promise<void>
let weth: Token
let wbtc: Token
let usdc: Token

beforeAll(async () => {
  chain = await startAave()
  weth = chain.tokens.WETH
  wbtc = chain.tokens.WBTC
  usdc = chain.tokens.USDC
})
afterAll(() => chain?.close())
beforeEach(async () => {
  restore = await chain.checkpoint()
})
afterEach(() => restore())

const pool = () => chain.aave.config.pool
const whole = (token: Token, amount: number): bigint =>
  BigInt(Math.round(amount * 1e6)) * 10n ** BigInt(token.decimals - 6)

const read = async (account: Address, venue = chain.aave): Promise<LendingPosition> => {
  const [position] = await venue.read(account, await chain.latest())
  return position!
}

const intent = (
  type: MarginIntent['type'],
  account: Address,
  token: Token,
  raw: bigint,
): MarginIntent => ({ type, venue: chain.aave.id, domain: domainIdOf(pool(), account), token, raw })

const context = (owner: Address, sender = owner) => ({ owner, sender, deadline: maxUint256 })

async function act(
  type: MarginIntent['type'],
  p: {
    readonly owner: Address
    readonly sender?: Address
    readonly token: Token
    readonly raw: bigint
  },
) {
  const sender = p.sender ?? p.owner
  const calls = chain.aave.encode(intent(type, p.owner, p.token, p.raw), context(p.owner, sender))
  return chain.send(calls, sender)
}

/** An account with some collateral of each token and a debt in USDC. */
async function open(
  holdings: readonly (readonly [Token, number])[],
  debts: readonly (readonly [Token, number])[],
): Promise<Address> {
  const owner = await chain.account()
  for (const [token, amount] of holdings) {
    await chain.fund(owner, token, whole(token, amount))
    expect(await act('supply', { owner, token, raw: whole(token, amount) })).toEqual({
      type: 'settled',
    })
  }
  for (const [token, amount] of debts)
    expect(await act('borrow', { owner, token, raw: whole(token, amount) })).toEqual({
      type: 'settled',
    })
  return owner
}

const pricesOf = (position: LendingPosition): ReadonlyMap<string, number> =>
  new Map(position.collateral.map((leg) => [leg.token.asset, Number(leg.oraclePrice) / 1e18]))

const admin = (to: Address, name: string, args: readonly unknown[]) =>
  chain.transact(chain.devnet.accounts.deployer.address, to, adminAbi, name, args)
const configurator = () => chain.devnet.deployment.aave.poolConfigurator

test('a read is one request, whatever it asks for', async () => {
  const owner = await open([[weth, 10]], [[usdc, 1_000]])
  const block = await chain.latest()
  const spy = vi.spyOn(globalThis, 'fetch')
  await chain.aave.read(owner, block)
  const asked = spy.mock.calls.length
  spy.mockRestore()
  expect(asked).toBe(1)
})

describe('encoded calls', () => {
  test('each verb makes the pool say what the intent says', async () => {
    const owner = await chain.account()
    await chain.fund(owner, weth, whole(weth, 5))
    const step = async (type: MarginIntent['type'], token: Token, raw: bigint) => {
      const calls = chain.aave.encode(intent(type, owner, token, raw), context(owner))
      for (const [i, { to, data }] of calls.entries()) {
        const { logs, status } = await chain.transactRaw(owner, to, data)
        expect(status).toBe('0x1')
        if (i === calls.length - 1)
          return parseEventLogs({ abi: moreAbi, logs: logs as never }).map(
            ({ eventName, args }) => [eventName, args] as const,
          )
      }
      return []
    }
    expect(await step('supply', weth, whole(weth, 5))).toMatchObject([
      ['Supply', { reserve: weth.address, onBehalfOf: as(owner), amount: whole(weth, 5) }],
    ])
    expect(await step('borrow', usdc, whole(usdc, 4_000))).toMatchObject([
      [
        'Borrow',
        {
          reserve: usdc.address,
          onBehalfOf: as(owner),
          amount: 4_000_000000n,
          interestRateMode: 2,
        },
      ],
    ])
    expect(await step('repay', usdc, whole(usdc, 1_000))).toMatchObject([
      [
        'Repay',
        { reserve: usdc.address, user: as(owner), amount: 1_000_000000n, useATokens: false },
      ],
    ])
    expect(await step('withdraw', weth, whole(weth, 1))).toMatchObject([
      ['Withdraw', { reserve: weth.address, to: as(owner), amount: whole(weth, 1) }],
    ])
    for (const token of [weth, usdc])
      expect(await chain.view(token.address, erc20Abi, 'allowance', [owner, pool()])).toBe(0n)
  })

  test('a delegate receives exactly what it withdraws, whatever the index rounds', async () => {
    const owner = await open(
      [
        [weth, 50],
        [wbtc, 2],
        [usdc, 9_000],
      ],
      [[usdc, 1_000]],
    )
    const sender = await chain.account()
    await chain.send(chain.aave.authorize(sender), owner)
    await chain.devnet.mine(10 * 365 * DAY) // the further the index is from 1, the more often it rounds
    const random = createRandom(7)
    for (let i = 0; i < 60; i++) {
      const token = random.pick([weth, wbtc, usdc])
      const raw = random.bigint(1n, random.pick([100n, whole(token, 1) / 50n]))
      const before = await chain.balance(sender, token)
      const what = intent('withdraw', owner, token, raw)
      const calls = chain.aave.encode(what, context(owner, sender))
      expect(await chain.sendTogether(calls, sender), `${raw} ${token.symbol}`).toBe(true)
      expect((await chain.balance(sender, token)) - before).toBe(raw)
      await chain.devnet.mine(random.int(1, DAY))
    }
    const left = await read(sender)
    for (const { raw, token } of left.collateral)
      expect(raw <= 150n, `${raw} of ${token.symbol} left after 60 withdrawals`).toBe(true)
  })

  test('a flash loan costs what the pool is told to charge', () => {
    expect(chain.aave.flashFee({ token: usdc, raw: 1_000_000_000001n })).toBe(500_000000n)
    expect(chain.aave.flashFee({ token: usdc, raw: 1_000n })).toBe(1n) // half a unit rounds up
    expect(chain.aave.flashFee({ token: { ...usdc, address: pool() }, raw: 1n })).toBeNull()
  })
})

describe('mixed accounts', () => {
  test('the margin domain agrees with the pool to 1e-9 whatever the mix', async () => {
    for (const mix of [
      [3, 0.2, 0],
      [10, 1, 3_000],
      [0.5, 0.01, 40_000],
      [7, 0, 123.456],
    ] as const) {
      const holdings = ([weth, wbtc, usdc] as const)
        .map((token, i) => [token, mix[i] ?? 0] as const)
        .filter(([, amount]) => amount > 0)
      const owner = await open(holdings, [
        [usdc, 2_000],
        [wbtc, 0.005],
      ])
      await chain.devnet.mine(33 * DAY)
      await chain.movePrice('BTC', 0.9317)
      const position = await read(owner)
      const health = chain.aave.liquidation(position).health(pricesOf(position))
      const stated = Number(position.healthFactor) / 1e18
      expect(
        health.type === 'solvent' && Math.abs(Math.exp(health.lnHealth) / stated - 1),
      ).toBeLessThan(1e-9)
    }
  })

  test('the domain predicts the price of liquidation of a mixed account to a basis point', async () => {
    const owner = await open(
      [
        [weth, 10],
        [wbtc, 0.5],
      ],
      [[usdc, 24_000]],
    )
    const position = await read(owner)
    const prices = pricesOf(position)
    const strike = chain.aave.liquidation(position).liquidationPrice('ETH', prices)
    const factor = strike! / prices.get('ETH')!
    await chain.movePrice('ETH', factor * 1.0005)
    expect(await chain.liquidationError({ account: owner, collateral: weth, debt: usdc })).toBe(
      '45',
    )
    await chain.movePrice('ETH', 0.999)
    expect(
      await chain.liquidationError({ account: owner, collateral: weth, debt: usdc }),
    ).toBeNull()
  })

  test('collateral that is switched off does not count and is free to go', async () => {
    const owner = await open(
      [
        [weth, 10],
        [wbtc, 1],
      ],
      [[usdc, 10_000]],
    )
    const before = await read(owner)
    await chain.transact(owner, pool(), moreAbi, 'setUserUseReserveAsCollateral', [
      wbtc.address,
      false,
    ])
    const after = await read(owner)
    expect(after.healthFactor < before.healthFactor).toBe(true)
    const leg = after.collateral.find(({ token }) => token === wbtc)
    expect([leg?.liquidationThreshold, leg?.maxLtv, leg!.raw > 99_000_000n]).toEqual([0n, 0n, true])
    const quoted = chain.aave.quote(intent('withdraw', owner, wbtc, leg!.raw), after)
    expect([quoted.feasible, quoted.healthAfter]).toEqual([true, after.healthFactor])
    expect(await act('withdraw', { owner, token: wbtc, raw: leg!.raw })).toEqual({
      type: 'settled',
    })
  })

  test('collateral that lost its ltv must leave first, on chain as in the quote', async () => {
    const owner = await open(
      [
        [weth, 10],
        [wbtc, 1],
      ],
      [[usdc, 5_000]],
    )
    await admin(configurator(), 'configureReserveAsCollateral', [wbtc.address, 0, 7_800, 10_500])
    const position = await read(owner)
    const some = { owner, token: weth, raw: whole(weth, 1) }
    expect(chain.aave.quote(intent('withdraw', owner, weth, some.raw), position).feasible).toBe(
      false,
    )
    const outcome = await act('withdraw', some)
    expect(outcome.type === 'reverted' && chain.aave.decodeRevert(outcome.data)?.reason).toBe(
      'LTV_VALIDATION_FAILED',
    )
    expect(await act('withdraw', { owner, token: wbtc, raw: whole(wbtc, 0.5) })).toEqual({
      type: 'settled',
    })
  })

  test('a stranger’s gift in an asset that is not configured neither blocks nor helps', async () => {
    const narrow = await loadAaveV3({ client: chain.reader, pool: pool(), tokens: [weth, usdc] })
    const owner = await open([[weth, 10]], [[usdc, 10_000]])
    const giver = await chain.account()
    await chain.fund(giver, wbtc, 12_345n)
    await chain.transact(giver, wbtc.address, erc20Abi, 'approve', [pool(), maxUint256])
    await chain.transact(giver, pool(), poolAbi, 'supply', [wbtc.address, 12_345n, owner, 0])

    const position = await read(owner, narrow)
    expect(position.healthFactor).toBe((await read(owner)).healthFactor)
    expect(position.collateral.map(({ token }) => token.symbol)).toEqual(['WETH', 'USDC'])
    const health = narrow.liquidation(position).health(pricesOf(position))
    expect(health.type === 'solvent' && Math.exp(health.lnHealth) * 1e18).toBeLessThanOrEqual(
      Number(position.healthFactor) * (1 + 1e-12),
    )
  })
})

describe('refusals', () => {
  test('debt in an asset that is not configured', async () => {
    const narrow = await loadAaveV3({ client: chain.reader, pool: pool(), tokens: [weth] })
    const owner = await open([[weth, 10]], [[usdc, 1_000]])
    await expect(read(owner, narrow)).rejects.toThrow(UnsupportedByAdapterError)
  })

  test('an e-mode', async () => {
    const owner = await open([[weth, 10]], [])
    await admin(configurator(), 'setEModeCategory', [
      1,
      9_000,
      9_300,
      10_100,
      `0x${'0'.repeat(40)}`,
      'x',
    ])
    await chain.transact(owner, pool(), moreAbi, 'setUserEMode', [1])
    await expect(read(owner)).rejects.toThrow(UnsupportedByAdapterError)
  })

  test('stable-rate debt', async () => {
    const owner = await open([[weth, 10]], [])
    await admin(configurator(), 'setReserveStableRateBorrowing', [usdc.address, true])
    const { status } = await chain.transact(owner, pool(), poolAbi, 'borrow', [
      usdc.address,
      1_000_000n,
      1n,
      0,
      owner,
    ])
    expect(status).toBe('0x1')
    await expect(read(owner)).rejects.toThrow(UnsupportedByAdapterError)
  })

  test('another oracle than at the start', async () => {
    const owner = await chain.account() // an empty one: the pool asks no price for it
    const { addressesProvider } = chain.devnet.deployment.aave
    await admin(addressesProvider, 'setPriceOracle', [chain.devnet.accounts.stranger.address])
    await expect(read(owner)).rejects.toThrow(VenueChangedError)
  })

  test('a token the pool does not list, or with other decimals', async () => {
    const load = (token: Token) =>
      loadAaveV3({ client: chain.reader, pool: pool(), tokens: [weth, token] })
    const unlisted = { ...usdc, address: chain.devnet.deployment.feeds.ETH }
    await expect(load(unlisted)).rejects.toThrow(UnsupportedByAdapterError)
    await expect(load({ ...usdc, decimals: 18 })).rejects.toThrow(UnsupportedByAdapterError)
  })

  test('a contract that is no pool', async () => {
    const load = loadAaveV3({ client: chain.reader, pool: weth.address, tokens: [weth] })
    await expect(load).rejects.toMatchObject({ code: 'VENUE_READ', recovery: 'retry' })
  })

  test.each([
    ['more than supplied', 'withdraw', () => weth, 11, 'NOT_ENOUGH_AVAILABLE_USER_BALANCE'],
    [
      'below health one',
      'withdraw',
      () => weth,
      9,
      'HEALTH_FACTOR_LOWER_THAN_LIQUIDATION_THRESHOLD',
    ],
    ['beyond the ltv', 'borrow', () => usdc, 12_000, 'COLLATERAL_CANNOT_COVER_NEW_BORROW'],
    ['debt that is not there', 'repay', () => wbtc, 0.001, 'NO_DEBT_OF_SELECTED_TYPE'],
  ] as const)('%s reverts as %s names it', async (_, type, token, amount, name) => {
    const owner = await open([[weth, 10]], [[usdc, 5_000]])
    if (type === 'repay') await chain.fund(owner, token(), whole(token(), amount))
    const raw = whole(token(), amount)
    expect(chain.aave.quote(intent(type, owner, token(), raw), await read(owner)).feasible).toBe(
      false,
    )
    const outcome = await act(type, { owner, token: token(), raw })
    expect(outcome.type === 'reverted' && chain.aave.decodeRevert(outcome.data)?.reason).toBe(name)
  })

  test('a paused reserve is named by the revert, since no position shows it', async () => {
    const owner = await open([[weth, 10]], [[usdc, 5_000]])
    await admin(configurator(), 'setReservePause', [usdc.address, true])
    const outcome = await act('repay', { owner, token: usdc, raw: 1_000_000n })
    expect(outcome.type === 'reverted' && chain.aave.decodeRevert(outcome.data)).toMatchObject({
      reason: 'RESERVE_PAUSED',
      recovery: 'refresh',
    })
  })
})

test('a real liquidation shows in the next read: less debt, less collateral, a bonus lost', async () => {
  const owner = await open([[weth, 10]], [[usdc, 15_000]])
  await chain.movePrice('ETH', 0.88)
  const before = await read(owner)
  expect(before.healthFactor < WAD).toBe(true)
  const liquidator = chain.devnet.accounts.aaveLiquidator.address
  const { status } = await chain.transact(
    liquidator,
    pool(),
    parseAbi([
      'function liquidationCall(address c, address d, address user, uint256 amount, bool receive)',
    ]),
    'liquidationCall',
    [weth.address, usdc.address, owner, maxUint256, false],
  )
  expect(status).toBe('0x1')
  const after = await read(owner)
  const [owed, held] = [before, after].map((each) => [
    Number(each.debt.reduce((sum, leg) => sum + leg.value, 0n)),
    Number(each.collateral.reduce((sum, leg) => sum + leg.value, 0n)),
  ]) as [[number, number], [number, number]]
  const [repaid, seized] = [owed[0] - held[0], owed[1] - held[1]]
  expect(repaid / owed[0]).toBeCloseTo(Number(before.closeFactor) / 1e18, 5)
  expect(seized / repaid).toBeCloseTo(1.05, 4)
})

/** viem decodes addresses into their checksummed form. */
const as = (address: Address) => expect.stringMatching(new RegExp(`^${address}$`, 'i'))
