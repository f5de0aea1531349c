import {
  type Call,
  type CallContext,
  InvalidIntentError,
  type LendingPosition,
  type MarginIntent,
  WAD,
} from '@plimsoll/domain'
import { erc20Abi } from '@plimsoll/evm'
import { decodeFunctionData } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  BLOCK,
  EXECUTOR,
  MARKET,
  MORPHO,
  OWNER,
  READING,
  STRANGER,
  USDC,
  VENUE,
  WETH,
} from '../test/fixtures.ts'
import { morphoBlueAbi } from './abi.ts'
import { encodeIntent } from './encodeIntent.ts'
import { parsePosition } from './parse.ts'

const position: LendingPosition = parsePosition({
  venue: VENUE,
  market: MARKET,
  account: OWNER,
  block: BLOCK,
  reading: READING,
})
const context: CallContext = { owner: OWNER, sender: EXECUTOR, deadline: 9_999n }
const OWED = 10_000_000_000n

const intent = (type: MarginIntent['type'], raw: bigint): MarginIntent => ({
  type,
  venue: VENUE,
  domain: position.domain,
  token: type === 'supply' || type === 'withdraw' ? WETH : USDC,
  raw,
})
const encode = (what: MarginIntent, over: Partial<CallContext> = {}): readonly Call[] =>
  encodeIntent({
    venue: VENUE,
    morpho: MORPHO,
    markets: [MARKET],
    intent: what,
    context: { ...context, ...over },
  })
const decode = (calls: readonly Call[]) =>
  calls.map(({ to, data }) =>
    to === MORPHO
      ? decodeFunctionData({ abi: morphoBlueAbi, data })
      : decodeFunctionData({ abi: erc20Abi, data }),
  )
const params = expect.objectContaining({ lltv: MARKET.params.lltv })
const checksummed = (address: string) => expect.stringMatching(new RegExp(`^${address}$`, 'i'))

describe('encodeIntent', () => {
  test('default: supply approves exactly and posts for the owner', () => {
    const calls = encode(intent('supply', WAD))
    expect(calls.map(({ to }) => to)).toEqual([WETH.address, MORPHO])
    expect(calls.map(({ label }) => label)).toEqual(['approve 1 WETH', 'supply 1 WETH'])
    expect(decode(calls)).toEqual([
      { functionName: 'approve', args: [checksummed(MORPHO), WAD] },
      { functionName: 'supplyCollateral', args: [params, WAD, checksummed(OWNER), '0x'] },
    ])
  })

  test.each([
    ['withdraw', 'withdrawCollateral', [5n]],
    ['borrow', 'borrow', [5n, 0n]],
  ] as const)('behavior: %s is for the owner and goes to the sender', (type, name, amounts) => {
    expect(decode(encode(intent(type, 5n)))).toEqual([
      {
        functionName: name,
        args: [params, ...amounts, checksummed(OWNER), checksummed(EXECUTOR)],
      },
    ])
  })

  test('behavior: part of a debt is repaid by amount', () => {
    expect(decode(encode(intent('repay', OWED - 1n), { position }))).toEqual([
      { functionName: 'approve', args: [checksummed(MORPHO), OWED - 1n] },
      { functionName: 'repay', args: [params, OWED - 1n, 0n, checksummed(OWNER), '0x'] },
    ])
  })

  test('behavior: the whole debt is repaid by shares, approved for a day of interest, and then no more', () => {
    const [approval, repayment, ...rest] = decode(encode(intent('repay', OWED), { position }))
    const { shares } = position.debt[0]!
    expect(repayment).toEqual({
      functionName: 'repay',
      args: [params, 0n, shares, checksummed(OWNER), '0x'],
    })
    const approved = Number(approval?.args?.[1])
    expect(approved / Number(OWED) - 1).toBeCloseTo(0.04 / 365, 8)
    expect(rest).toEqual([{ functionName: 'approve', args: [checksummed(MORPHO), 0n] }])
  })

  test('behavior: an amount above that is approved as named', () => {
    const [approval] = decode(encode(intent('repay', 2n * OWED), { position }))
    expect(approval?.args?.[1]).toBe(2n * OWED)
  })

  test('behavior: without a position the amount is repaid as named', () => {
    expect(decode(encode(intent('repay', OWED)))[1]?.args?.slice(1, 3)).toEqual([OWED, 0n])
  })

  test.each([
    ['another venue', { venue: 'aave-v3:0x1' }],
    ['another domain', { domain: `${VENUE}/0x1/${OWNER}` }],
    ['the wrong side of the market', { token: USDC }],
    ['nothing', { raw: 0n }],
  ])('error: InvalidIntentError on %s', (_, wrong) => {
    expect(() => encode({ ...intent('supply', WAD), ...wrong })).toThrow(InvalidIntentError)
  })

  test("error: InvalidIntentError when the domain is not the owner's", () => {
    expect(() => encode(intent('borrow', 5n), { owner: STRANGER })).toThrow(InvalidIntentError)
  })

  test('error: InvalidIntentError on the position of another domain', () => {
    const other = { ...position, domain: 'elsewhere' }
    expect(() => encode(intent('repay', OWED), { position: other })).toThrow(InvalidIntentError)
  })
})
