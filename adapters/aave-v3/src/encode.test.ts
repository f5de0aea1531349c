import { type Call, InvalidIntentError, type MarginIntent, RAY, ray } from '@plimsoll/domain'
import { decodeFunctionData, erc20Abi, maxUint256 } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  config,
  domain,
  executor,
  holdings,
  owner,
  positionOf,
  usdc,
  venue,
  weth,
} from '../test/fixture.ts'
import { aTokenAbi, poolAbi } from './abi.ts'
import { createEncoder } from './encode.ts'

const { encode, authorize } = createEncoder(config)
const [reserve] = config.reserves
const want = (type: MarginIntent['type'], token = weth, raw = 1_500000000000000000n) =>
  ({ type, venue, domain, token, raw }) as const
const own = { owner, sender: owner, deadline: 0n }
const delegated = { owner, sender: executor, deadline: 0n }

/** A call in words: function and arguments. */
function read(call: Call): readonly unknown[] {
  const abi = [...poolAbi, ...aTokenAbi, ...erc20Abi]
  const { functionName, args } = decodeFunctionData({ abi, data: call.data })
  return [functionName, ...(args ?? [])]
}

const raw = 1_500000000000000000n

describe('encode', () => {
  test('default: the owner’s own four verbs', () => {
    expect(encode(want('supply'), own).map(read)).toEqual([
      ['approve', config.pool, raw],
      ['supply', weth.address, raw, getOwner(), 0],
    ])
    expect(encode(want('repay'), own).map(read)).toEqual([
      ['approve', config.pool, raw],
      ['repay', weth.address, raw, 2n, getOwner()],
    ])
    expect(encode(want('borrow'), own).map(read)).toEqual([
      ['borrow', weth.address, raw, 2n, 0, getOwner()],
    ])
    expect(encode(want('withdraw'), own).map(read)).toEqual([
      ['withdraw', weth.address, raw, getOwner()],
    ])
  })

  test('behavior: an executor acts for the owner and withdraws to itself', () => {
    expect(encode(want('supply'), delegated).map(read)[1]).toEqual([
      'supply',
      weth.address,
      raw,
      getOwner(),
      0,
    ])
    const [take, withdraw] = encode(want('withdraw'), delegated)
    expect(take?.to).toBe(reserve?.aToken)
    expect(read(take!)).toEqual(['transferFrom', getOwner(), getExecutor(), raw + 1n])
    expect(read(withdraw!)).toEqual(['withdraw', weth.address, raw, getExecutor()])
  })

  test('behavior: of a whole balance an executor takes a unit more only where interest makes one', () => {
    const taken = (rate: bigint, wanted = raw) => {
      const { collateral, ...rest } = positionOf([{ ...holdings.weth, supplied: raw }])
      const legs = collateral.map((leg) => ({ ...leg, supplyRate: ray(rate) }))
      const context = { ...delegated, position: { ...rest, collateral: legs } }
      return read(encode(want('withdraw', weth, wanted), context)[0]!)[3]
    }
    expect(taken(0n)).toBe(raw)
    expect(taken(0n, raw - 1n)).toBe(raw)
    expect(taken(0n, raw - 2n)).toBe(raw - 1n)
    expect(taken(RAY / 100n)).toBe(raw + 1n) // 1 % a year on 1.5e18 units
    expect(taken(RAY / 10n ** 12n)).toBe(raw) // a unit in 21 seconds
  })

  test('behavior: labels read well', () => {
    expect(encode(want('repay', usdc, 1_200_500000n), own).map(({ label }) => label)).toEqual([
      'approve 1200.5 USDC',
      'repay 1200.5 USDC',
    ])
  })

  test('behavior: letter case of addresses does not matter', () => {
    const shouting = { ...own, owner: `0x${owner.slice(2).toUpperCase()}` as const }
    expect(encode(want('supply'), { ...shouting, sender: owner }).length).toBe(2)
  })

  test('error: InvalidIntentError', () => {
    expect(() => encode(want('borrow'), delegated)).toThrow(InvalidIntentError)
    expect(() => encode(want('repay', weth, maxUint256), own)).toThrow(InvalidIntentError)
    expect(() => encode(want('supply'), { ...own, owner: executor })).toThrow(InvalidIntentError)
  })
})

describe('authorize', () => {
  test('default: every aToken, and nothing else, to the delegate', () => {
    const calls = authorize(executor)
    expect(calls.map(({ to }) => to)).toEqual(config.reserves.map(({ aToken }) => aToken))
    for (const call of calls) expect(read(call)).toEqual(['approve', getExecutor(), maxUint256])
  })
})

// viem decodes addresses into their checksummed form, which digits and a lone letter leave as they are but for case.
function getOwner() {
  return expect.stringMatching(new RegExp(`^${owner}$`, 'i'))
}
function getExecutor() {
  return expect.stringMatching(new RegExp(`^${executor}$`, 'i'))
}
