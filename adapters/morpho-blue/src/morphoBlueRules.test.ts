import { type Address, type Hex, WAD } from '@plimsoll/domain'
import { erc20Abi } from '@plimsoll/evm'
import { decodeFunctionData, encodeFunctionData, toFunctionSelector } from 'viem'
import { describe, expect, test } from 'vitest'
import { EXECUTOR, MARKET, MORPHO, OWNER, STRANGER, USDC, WETH } from '../test/fixtures.ts'
import { morphoBlueAbi } from './abi.ts'
import { morphoBlueRules } from './morphoBlueRules.ts'

const { params } = MARKET
const config = { morpho: MORPHO, markets: [MARKET] }

/** Names of the rules a call breaks; `unknown` when no rule is about it, none when it passes. */
function judge(to: Address, data: Hex, executor: Address | null = EXECUTOR): readonly string[] {
  const about = morphoBlueRules(config, executor).filter(
    ({ target, abi }) => target === to && data.startsWith(toFunctionSelector(abi)),
  )
  const broken = about.flatMap(({ abi, check }) => {
    const { args } = decodeFunctionData({ abi: [abi], data })
    const violation = check(args ?? [], {
      ...{ owner: OWNER, sender: EXECUTOR },
      ...{ time: 0n, references: new Map() },
    })
    return violation === null ? [] : [violation.rule]
  })
  return about.length === 0 ? ['unknown'] : broken
}

const call = (name: string, args: readonly unknown[]): Hex =>
  encodeFunctionData({ abi: morphoBlueAbi as never, functionName: name as never, args } as never)
const approve = (spender: Address): Hex =>
  encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [spender, 1n] })

describe('morphoBlueRules', () => {
  test.each([
    ['supplyCollateral', [params, 1n, OWNER, '0x']],
    ['withdrawCollateral', [params, 1n, OWNER, OWNER]],
    ['withdrawCollateral', [params, 1n, OWNER, EXECUTOR]],
    ['borrow', [params, 1n, 0n, OWNER, EXECUTOR]],
    ['repay', [params, 0n, 1n, OWNER, '0x']],
    ['setAuthorization', [EXECUTOR, true]],
    ['setAuthorization', [STRANGER, false]],
  ])('default: %s passes for the owner', (name, args) => {
    expect(judge(MORPHO, call(name, args))).toEqual([])
  })

  test('behavior: both tokens may be approved to Morpho and to nobody else', () => {
    for (const token of [WETH, USDC]) {
      expect(judge(token.address, approve(MORPHO))).toEqual([])
      expect(judge(token.address, approve(STRANGER))).toHaveLength(1)
    }
  })

  const foreign = { ...params, lltv: WAD / 2n }
  test.each([
    ['supplies to an unknown market', 'supplyCollateral', [foreign, 1n, OWNER, '0x']],
    ['borrows from an unknown market', 'borrow', [foreign, 1n, 0n, OWNER, OWNER]],
    ['repays an unknown market', 'repay', [foreign, 1n, 0n, OWNER, '0x']],
    ['withdraws from an unknown market', 'withdrawCollateral', [foreign, 1n, OWNER, OWNER]],
    ['supplies for a stranger', 'supplyCollateral', [params, 1n, STRANGER, '0x']],
    ['withdraws to a stranger', 'withdrawCollateral', [params, 1n, OWNER, STRANGER]],
    ["withdraws a stranger's", 'withdrawCollateral', [params, 1n, STRANGER, OWNER]],
    ['borrows to a stranger', 'borrow', [params, 1n, 0n, OWNER, STRANGER]],
    ['borrows for a stranger', 'borrow', [params, 1n, 0n, STRANGER, OWNER]],
    ['repays for a stranger', 'repay', [params, 1n, 0n, STRANGER, '0x']],
    ['asks for a callback', 'repay', [params, 1n, 0n, OWNER, '0x00']],
    ['authorizes a stranger', 'setAuthorization', [STRANGER, true]],
  ])('behavior: refuses what %s', (_, name, args) => {
    expect(judge(MORPHO, call(name, args))).toHaveLength(1)
  })

  test('behavior: without an executor nobody may be authorized', () => {
    expect(judge(MORPHO, call('setAuthorization', [EXECUTOR, true]), null)).toHaveLength(1)
  })

  test('behavior: nothing is said of other functions, so they are denied', () => {
    const transfer = encodeFunctionData({
      abi: erc20Abi,
      functionName: 'transfer',
      args: [OWNER, 1n],
    })
    expect(judge(USDC.address, transfer)).toEqual(['unknown'])
  })
})
