import { flashLoanExecutorAbi } from '@plimsoll/contracts'
import { InvalidInputError, MissingCapabilityError, type Token } from '@plimsoll/domain'
import { decodeFunctionData, encodeFunctionData, erc20Abi, getAddress, zeroAddress } from 'viem'
import { describe, expect, test } from 'vitest'
import { executorAt } from '../test/executorAt.ts'
import { approveCall } from './approveCall.ts'
import { createAtomicExecutor } from './createAtomicExecutor.ts'

const at = (last: string) => getAddress(`0x${last.padStart(40, '0')}`)
const token = (symbol: string, address: string): Token => ({
  chainId: 31337,
  address: at(address),
  symbol,
  decimals: 6,
  asset: symbol,
})
const usdc = token('USDC', 'c1')
const weth = token('WETH', 'c2')
const wbtc = token('WBTC', 'c3')
const aave = { kind: 'aave-v3', address: at('d1'), feeBps: 9n, tokens: [usdc, weth] } as const
const morpho = { kind: 'morpho', address: at('d2'), feeBps: 0n, tokens: [usdc] } as const
const executor = createAtomicExecutor({
  executor: executorAt(at('e0'), at('a0')),
  lenders: [aave, morpho],
})
const call = approveCall({ token: usdc, spender: at('d1'), raw: 5n, venue: 'v' })

const decode = (data: `0x${string}`) => decodeFunctionData({ abi: flashLoanExecutorAbi, data }).args

describe('createAtomicExecutor', () => {
  test('default: wraps calls into a loan from the cheapest lender', () => {
    const wrapped = executor.encode({
      flashLoan: { token: usdc, raw: 100n },
      calls: [call],
      sweep: [weth],
    })
    expect(wrapped).toMatchObject({ to: at('e0'), value: 0n })
    expect(wrapped.label).toContain('approve 0.000005 USDC')
    expect(decode(wrapped.data)).toEqual([
      { kind: 2, lender: at('d2'), token: usdc.address, amount: 100n, maxPremium: 0n },
      [{ target: call.to, data: call.data }],
      [weth.address],
    ])
  })

  test('behavior: takes the other lender for a token the cheapest does not have', () => {
    const flashLoan = { token: weth, raw: 1_001n }
    const { data } = executor.encode({ flashLoan, calls: [call], sweep: [] })
    expect(decode(data)?.[0]).toMatchObject({
      ...{ kind: 1, lender: at('d1'), token: weth.address },
      maxPremium: 1n, // 0.9009, rounded up
    })
  })

  test('behavior: sweeps what calls fetch for it as well, once', () => {
    const pull = (to: `0x${string}`, token = weth) => ({
      ...call,
      to: token.address,
      data: encodeFunctionData({
        abi: erc20Abi,
        functionName: 'transferFrom',
        args: [at('a0'), to, 1n],
      }),
    })
    const calls = [call, pull(at('e0')), pull(at('e0'), usdc), pull(at('bad'), wbtc)]
    const { data } = executor.encode({ flashLoan: null, calls, sweep: [usdc] })
    expect(decode(data)?.[2]).toEqual([usdc.address, weth.address])
  })

  test('behavior: without a loan every field of it is zero', () => {
    const { data } = executor.encode({ flashLoan: null, calls: [call], sweep: [] })
    const none = { kind: 0, lender: zeroAddress, token: zeroAddress, amount: 0n, maxPremium: 0n }
    expect(decode(data)?.[0]).toEqual(none)
  })

  test('behavior: the fee is the cheapest, rounded up, null where nobody lends', () => {
    expect(executor.flashFee({ token: usdc, raw: 10_000n })).toBe(0n)
    expect(executor.flashFee({ token: weth, raw: 10_000n })).toBe(9n)
    expect(executor.flashFee({ token: weth, raw: 1n })).toBe(1n)
    expect(executor.flashFee({ token: wbtc, raw: 10_000n })).toBeNull()
  })

  test('error: MissingCapabilityError when nobody lends the token', () => {
    const flashLoan = { token: wbtc, raw: 1n }
    expect(() => executor.encode({ flashLoan, calls: [call], sweep: [] })).toThrow(
      MissingCapabilityError,
    )
  })

  test('error: InvalidInputError when a wrapped call would send ETH', () => {
    const paid = { ...call, value: 1n }
    expect(() => executor.encode({ flashLoan: null, calls: [paid], sweep: [] })).toThrow(
      InvalidInputError,
    )
  })
})
