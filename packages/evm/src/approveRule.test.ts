import { decodeFunctionData, encodeFunctionData } from 'viem'
import { expect, test } from 'vitest'
import { approveCall } from './approveCall.ts'
import { approveRule } from './approveRule.ts'
import { erc20Abi } from './index.ts'

const usdc = {
  chainId: 31337,
  address: '0x00000000000000000000000000000000000000C1',
  symbol: 'USDC',
  decimals: 6,
  asset: 'USDC',
} as const
const pool = '0x00000000000000000000000000000000000000D1'
const stranger = '0x00000000000000000000000000000000000000E1'
const context = { owner: stranger, sender: stranger, time: 0n, references: new Map() } as const

test('default: a call approves the exact amount to the spender, and reads well', () => {
  const call = approveCall({ token: usdc, spender: pool, raw: 1_500_000n, venue: 'v' })
  expect(decodeFunctionData({ abi: erc20Abi, data: call.data })).toEqual({
    functionName: 'approve',
    args: [pool, 1_500_000n],
  })
  expect(call).toMatchObject({ to: usdc.address, value: 0n, label: 'approve 1.5 USDC' })
})

test('behavior: a rule allows its spenders in any letter case', () => {
  const rule = approveRule(usdc, [pool])
  expect(rule.target).toBe(usdc.address)
  expect(rule.check([pool.toLowerCase(), 1n], context)).toBeNull()
})

test('behavior: a rule names the stranger it finds, even one who sends', () => {
  expect(approveRule(usdc, [pool]).check([stranger, 0n], context)).toEqual({
    rule: 'USDC spender',
    found: stranger,
    allowed: pool,
  })
})

test('behavior: the rule is for approve alone', () => {
  const { abi } = approveRule(usdc, [pool])
  const data = encodeFunctionData({ abi: [abi], args: [pool, 1n] })
  expect(data.slice(0, 10)).toBe('0x095ea7b3')
})
