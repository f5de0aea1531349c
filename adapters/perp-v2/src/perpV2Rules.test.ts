import { type Address, type Call, priceFromNumber, usd } from '@plimsoll/domain'
import { approveCall, type PolicyContext } from '@plimsoll/evm'
import { decodeFunctionData, encodeFunctionData, toFunctionSelector, zeroHash } from 'viem'
import { describe, expect, test } from 'vitest'
import { perpConfig as config } from '../test/perpConfig.ts'
import { clearingHouseAbi, vaultAbi } from './abi.ts'
import { domainId } from './domainId.ts'
import { encodeIntent } from './encodeIntent.ts'
import { perpV2Rules } from './perpV2Rules.ts'

const venue = `perp-v2:${config.clearingHouse}`
const owner: Address = `0x${'7'.repeat(40)}`
const executor: Address = `0x${'8'.repeat(40)}`
const stranger: Address = `0x${'9'.repeat(40)}`
const rules = perpV2Rules(config)
const sight = {
  time: 1_000n,
  references: new Map([
    ['ETH', priceFromNumber(2_000)],
    ['BTC', priceFromNumber(40_000)],
  ]),
}

/** What the rules say: null when allowed, the rule's name when denied, `unknown` when no rule knows the call. */
function judge(call: Pick<Call, 'to' | 'data'>, sender = owner): string | null {
  const context: PolicyContext = { ...sight, owner, sender }
  const known = rules.filter(
    ({ target, abi }) => target === call.to && call.data.startsWith(toFunctionSelector(abi)),
  )
  const found = known.map(({ abi, check }) => {
    const { args } = decodeFunctionData({ abi: [abi], data: call.data })
    return check(args ?? [], context)?.rule ?? null
  })
  return found.includes(null) ? null : (found[0] ?? 'unknown')
}

const trade = {
  baseToken: config.markets[0]?.baseToken ?? stranger,
  isBaseToQuote: true,
  isExactInput: true,
  amount: 1n,
  oppositeAmountBound: 1_900n, // 95 % of what it is worth
  deadline: 1_900n,
  sqrtPriceLimitX96: 0n,
  referralCode: zeroHash,
}
const open = (change: Partial<typeof trade>) => ({
  to: config.clearingHouse,
  data: encodeFunctionData({
    abi: clearingHouseAbi,
    functionName: 'openPosition',
    args: [{ ...trade, ...change }],
  }),
})
const buy = (oppositeAmountBound: bigint) =>
  open({ isBaseToQuote: false, isExactInput: false, oppositeAmountBound })
const depositFor = (to: Address, token = config.marginToken.address) => ({
  to: config.vault,
  data: encodeFunctionData({ abi: vaultAbi, functionName: 'depositFor', args: [to, token, 1n] }),
})
const withdraw = (token: Address) => ({
  to: config.vault,
  data: encodeFunctionData({ abi: vaultAbi, functionName: 'withdraw', args: [token, 1n] }),
})

describe('perpV2Rules', () => {
  test('default: every call the adapter encodes passes', () => {
    const own = { venue, domain: domainId(venue, owner) }
    const margin = { ...own, token: config.marginToken, raw: 5n }
    const order = { type: 'trade', ...own, market: 'ETH', asset: 'ETH', limit: 6_000n } as const
    for (const [intent, sender] of [
      [{ type: 'supply', ...margin }, owner],
      [{ type: 'supply', ...margin }, executor],
      [{ type: 'withdraw', ...margin }, owner],
      [{ ...order, size: 3n, reduceOnly: false }, owner],
      [{ ...order, size: -3n, reduceOnly: true }, owner],
    ] as const)
      for (const call of encodeIntent({
        venue,
        config,
        intent,
        context: { owner, sender, deadline: 9n },
      }))
        expect(judge(call, sender), call.label).toBeNull()
  })

  test.for([
    ['a market nobody named', open({ baseToken: stranger }), owner],
    ['no bound', open({ oppositeAmountBound: 0n }), owner],
    ['a sale for next to nothing', open({ oppositeAmountBound: 1n }), owner],
    ['a sale a unit below the bound', open({ oppositeAmountBound: 1_899n }), owner],
    ['a purchase a unit above it', buy(2_101n), owner],
    ['a deadline a second too late', open({ deadline: 1_901n }), owner],
    ['any deadline', open({ deadline: 2n ** 256n - 1n }), owner],
    ['an exact amount of quote', open({ isExactInput: false }), owner],
    ['a trade for the executor itself', open({}), executor],
    ['a deposit for a stranger', depositFor(stranger), owner],
    ['a deposit of another token', depositFor(owner, stranger), owner],
    ['a withdrawal of another token', withdraw(stranger), owner],
    ['a withdrawal by the executor', withdraw(config.marginToken.address), executor],
    [
      'an approval of a stranger',
      approveCall({ token: config.marginToken, spender: stranger, raw: 1n, venue }),
      owner,
    ],
    ['a call without a rule', { to: config.vault, data: '0x12345678' as const }, owner],
  ] as const)('behavior: %s is denied', ([, call, sender]) => {
    expect(judge(call, sender)).toMatch(/\w{3}/)
  })

  test('behavior: bounds up to the tolerance pass, and the reference is of the market traded', () => {
    expect(judge(open({}))).toBeNull()
    expect(judge(buy(2_100n))).toBeNull()
    const baseToken = config.markets[1]?.baseToken ?? stranger
    expect(judge(open({ baseToken }))).toBe('perp-v2 price')
    expect(judge(open({ baseToken, oppositeAmountBound: 38_000n }))).toBeNull()
  })

  test('behavior: without a reference nothing is traded', () => {
    const rule = rules.find(({ target }) => target === config.clearingHouse)
    const context = { owner, sender: owner, time: 1_000n, references: new Map() }
    expect(rule?.check([trade], context)?.rule).toBe('perp-v2 reference')
  })

  test('behavior: what is traded is the size at the reference', () => {
    const rule = rules.find(({ target }) => target === config.clearingHouse)
    const context = { ...sight, owner, sender: owner }
    expect(rule?.traded?.([{ ...trade, amount: 10n ** 18n }], context)).toBe(usd(2_000_00000000n))
  })
})
