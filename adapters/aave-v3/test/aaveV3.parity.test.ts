import { FEED_OF, TOKENS, type TokenSymbol } from '@plimsoll/devnet'
import { type Address, sameAddress } from '@plimsoll/domain'
import { erc20Abi } from '@plimsoll/evm'
import { createRandom, type Random } from '@plimsoll/testkit'
import { maxUint256, parseAbi, parseEventLogs } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { poolAbi } from '../src/abi.ts'
import { normalizedDebt, normalizedIncome, percentMul, rayMul } from '../src/interest.ts'
import { accountLegs } from '../src/parse.ts'
import { type RawAccount, readAccount } from '../src/read.ts'
import { accountData, liquidationAmounts } from '../src/risk.ts'
import { type AaveChain, liquidationAbi, startAave } from './aaveChain.ts'
import { summaryByMathUtils } from './mathUtils.ts'

const WALKS = 10
const STEPS = 48
const DAY = 86_400

const viewAbi = parseAbi([
  'function getReserveNormalizedIncome(address asset) view returns (uint256)',
  'function getReserveNormalizedVariableDebt(address asset) view returns (uint256)',
  'function RESERVE_TREASURY_ADDRESS() view returns (address)',
])

let chain: AaveChain
let pool: Address
/** Accounts that never sleep: their trades move the indexes between the states compared. */
let crowd: readonly Address[]

beforeAll(async () => {
  chain = await startAave()
  pool = chain.aave.config.pool
  crowd = await Promise.all([chain.account(), chain.account(), chain.account()])
  for (const account of crowd)
    for (const token of Object.values(chain.tokens)) {
      await chain.fund(account, token, 10n ** BigInt(token.decimals + 7))
      await chain.transact(account, token.address, erc20Abi, 'approve', [pool, maxUint256])
    }
})
afterAll(() => chain?.close())

const seen = { states: 0, liquidatable: 0, mixed: 0, unlevered: 0, worstGap: 0 }

test.each(Array.from({ length: WALKS }, (_, i) => i + 1))(
  'walk %i: every figure of every account equals the chain',
  async (seed) => {
    const random = createRandom(seed)
    const restore = await chain.checkpoint()
    for (const account of crowd) await act(random, account, 'supply')
    for (let step = 0; step < STEPS; step++) {
      const account = random.pick(crowd)
      const kind = random.pick(KINDS)
      if (kind === 'time') await chain.devnet.mine(random.int(1, random.pick([30, DAY, 90 * DAY])))
      else if (kind === 'price')
        await chain.movePrice(FEED_OF[random.pick(TOKENS)], 0.85 + 0.28 * random.next())
      else if (kind === 'lever') await lever(random, account)
      else await act(random, account, kind)
      await compare(account)
    }
    await restore()
  },
)

test('the walks met every kind of state', () => {
  expect(seen.states).toBeGreaterThanOrEqual(200)
  expect(seen.liquidatable).toBeGreaterThan(10)
  expect(seen.mixed).toBeGreaterThan(50)
  expect(seen.unlevered).toBeGreaterThan(5)
})

const VERBS = ['supply', 'borrow', 'repay', 'withdraw'] as const
const KINDS = [...VERBS, 'lever', 'lever', 'time', 'price', 'price'] as const

/** Borrows nearly all that may be borrowed. */
async function lever(random: Random, account: Address): Promise<void> {
  const [, , available = 0n] = await chain.view<readonly bigint[]>(
    pool,
    poolAbi,
    'getUserAccountData',
    [account],
  )
  const symbol = random.pick(TOKENS)
  const { address, decimals } = chain.tokens[symbol]
  const most = (available * 10n ** BigInt(decimals)) / (PRICE[symbol] * 10n ** 8n)
  const raw = (most * BigInt(random.int(60, 99))) / 100n
  await chain.transact(account, pool, poolAbi, 'borrow', [address, raw, 2n, 0, account])
}

/** One random move; the pool may refuse it, which leaves a state to compare like any other. */
async function act(random: Random, account: Address, verb: (typeof VERBS)[number]): Promise<void> {
  const token = chain.tokens[random.pick(TOKENS)]
  const unit = 10n ** BigInt(token.decimals)
  const size = random.pick([
    1n,
    unit,
    unit * 100n,
    (unit * 100_000n) / PRICE[token.symbol as TokenSymbol],
  ])
  const raw = random.bigint(1n, size * 3n)
  const args = {
    supply: [token.address, raw, account, 0],
    withdraw: [token.address, raw, account],
    borrow: [token.address, raw, 2n, 0, account],
    repay: [token.address, raw, 2n, account],
  }[verb]
  await chain.transact(account, pool, poolAbi, verb, args)
}

const PRICE = { WETH: 2_000n, WBTC: 40_000n, USDC: 1n } as const

async function compare(account: Address): Promise<void> {
  const { number, timestamp } = await chain.latest()
  const raw = await readAccount(chain.reader, chain.aave.config, account, { number })
  const legs = accountLegs(raw, timestamp)
  const ours = accountData(legs)
  const { accountData: theirs } = raw

  expect({ ...theirs, hasZeroLtvCollateral: false }).toEqual(ours)
  const [, , availableBorrows] = await chain.view<readonly bigint[]>(
    pool,
    poolAbi,
    'getUserAccountData',
    [account],
    number,
  )
  const capacity = percentMul(ours.totalCollateralBase, ours.ltv)
  expect(availableBorrows).toBe(capacity < ours.totalDebtBase ? 0n : capacity - ours.totalDebtBase)
  for (const [i, each] of raw.reserves.entries()) {
    const { token, aToken, variableDebtToken } = each.reserve
    const at = (address: Address, of: Address, name: string) =>
      chain.view<bigint>(address, [...viewAbi, ...erc20Abi], name, [of], number)
    const income = normalizedIncome(each.indexes, timestamp)
    expect(await at(pool, token.address, 'getReserveNormalizedIncome')).toBe(income)
    expect(await at(pool, token.address, 'getReserveNormalizedVariableDebt')).toBe(
      normalizedDebt(each.indexes, timestamp),
    )
    expect(await at(aToken, account, 'balanceOf')).toBe(rayMul(each.scaledCollateral, income))
    expect(await at(variableDebtToken, account, 'balanceOf')).toBe(legs[i]?.debt)
  }
  crossCheck(raw, timestamp)

  seen.states++
  if (ours.totalDebtBase === 0n) seen.unlevered++
  if (ours.healthFactor < 10n ** 18n) seen.liquidatable++
  if (legs.filter((leg) => leg.collateral > 0n).length > 1) seen.mixed++
}

/**
 * Aave's library keeps the digits that the pool cuts: of the mean threshold below a basis point, of values below 1e-8
 * USD. With the pool's threshold put in, nothing but the second cut may remain.
 */
function crossCheck(raw: RawAccount, timestamp: bigint): void {
  const theirs = summaryByMathUtils(raw, timestamp)
  const { healthFactor, totalDebtBase, totalCollateralBase, liquidationThreshold } = raw.accountData
  if (totalDebtBase === 0n) return // debt below 1e-8 USD is none for the pool and some for the library
  const threshold = Number(theirs.currentLiquidationThreshold) * 1e4
  const cut = Number(liquidationThreshold) / threshold
  const gap = Math.abs((Number(theirs.healthFactor) * cut) / (Number(healthFactor) / 1e18) - 1)
  const grain = 4 / Number(totalDebtBase) + 4 / Number(totalCollateralBase)
  expect(gap).toBeLessThan(1e-12 + grain)
  seen.worstGap = Math.max(seen.worstGap, gap - grain)
}

test.each([
  { fall: 0.93, cover: maxUint256, closes: 'half' },
  { fall: 0.92, cover: 1_234_567_891n, closes: 'part' },
  { fall: 0.88, cover: maxUint256, closes: 'all' },
  { fall: 0.6, cover: maxUint256, closes: 'what the collateral covers' },
] as const)('a liquidation after a fall to $fall moves what we say: $closes', async (p) => {
  const restore = await chain.checkpoint()
  for (const [symbol, seed] of [
    ['WETH', 5],
    ['WBTC', 6],
  ] as const) {
    const inner = await chain.checkpoint()
    const random = createRandom(seed)
    const account = await chain.account()
    const collateral = chain.tokens[symbol]
    const debt = chain.tokens.USDC
    const held = 10n ** BigInt(collateral.decimals) * BigInt(random.int(3, 9)) + 12_345n
    await chain.fund(account, collateral, held)
    await chain.transact(account, collateral.address, erc20Abi, 'approve', [pool, maxUint256])
    await chain.transact(account, pool, poolAbi, 'supply', [collateral.address, held, account, 0])
    const { ltv, totalCollateralBase } = await state(account).then((s) => accountData(s.legs))
    const borrowed = (totalCollateralBase * ltv * 99n) / 100n / 10_000n / 100n
    await chain.transact(account, pool, poolAbi, 'borrow', [debt.address, borrowed, 2n, 0, account])
    await chain.devnet.mine(20 * DAY)
    await chain.movePrice(collateral.asset, symbol === 'WBTC' ? p.fall - 0.03 : p.fall)

    const { raw, legs, timestamp } = await state(account, 1n)
    const at = raw.reserves.findIndex((each) => each.reserve.token.symbol === symbol)
    const of = raw.reserves.findIndex((each) => each.reserve.token.symbol === 'USDC')
    const expected = liquidationAmounts({
      debtToCover: p.cover,
      healthFactor: accountData(legs).healthFactor,
      debt: { raw: legs[of]!.debt, price: legs[of]!.price, decimals: debt.decimals },
      collateral: {
        scaled: raw.reserves[at]!.scaledCollateral,
        index: normalizedIncome(raw.reserves[at]!.indexes, timestamp),
        price: legs[at]!.price,
        ...raw.reserves[at]!.configuration,
      },
    })
    const { logs, status } = await chain.transact(
      chain.devnet.accounts.aaveLiquidator.address,
      pool,
      liquidationAbi,
      'liquidationCall',
      [collateral.address, debt.address, account, p.cover, false],
    )
    expect(status).toBe('0x1')
    const [event] = parseEventLogs({ abi: liquidationAbi, logs: logs as never })
    const { aToken } = raw.reserves[at]!.reserve
    const treasury = await chain.view<Address>(aToken, viewAbi, 'RESERVE_TREASURY_ADDRESS')
    const fee = parseEventLogs({
      abi: erc20Abi,
      eventName: 'Transfer',
      args: { from: account, to: treasury },
      logs: logs as never,
    }).find(({ address }) => sameAddress(address, aToken))
    expect({
      debtRepaid: event?.args.debtToCover,
      collateralSeized: event?.args.liquidatedCollateralAmount,
      protocolFee: fee?.args.value,
    }).toEqual(expected)
    await inner()
  }
  await restore()
})

/** State at the latest block, or as it will be some seconds later if nothing happens. */
async function state(account: Address, later = 0n) {
  const { number, timestamp } = await chain.latest()
  const raw = await readAccount(chain.reader, chain.aave.config, account, { number })
  return { raw, timestamp: timestamp + later, legs: accountLegs(raw, timestamp + later) }
}
