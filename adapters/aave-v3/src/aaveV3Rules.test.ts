import type { Address, Call, Hex } from '@plimsoll/domain'
import type { PolicyContext } from '@plimsoll/evm'
import {
  type Abi,
  decodeFunctionData,
  encodeFunctionData,
  erc20Abi,
  maxUint256,
  parseAbi,
  toFunctionSelector,
} from 'viem'
import { describe, expect, test } from 'vitest'
import {
  config,
  domain,
  executor,
  owner,
  stranger,
  usdc,
  venue,
  wbtc,
  weth,
} from '../test/fixture.ts'
import { aaveV3Rules } from './aaveV3Rules.ts'
import { aTokenAbi, poolAbi } from './abi.ts'
import { createEncoder } from './encode.ts'

const rules = aaveV3Rules(config, executor)
const { encode, authorize } = createEncoder(config)
const sight = { time: 0n, references: new Map() } // Aave's verbs trade nothing
const asOwner: PolicyContext = { ...sight, owner, sender: owner }
const asExecutor: PolicyContext = { ...sight, owner, sender: executor }

/** What fired, as a policy that denies by default would say: null lets the call through. */
function judge(
  call: Pick<Call, 'to' | 'data'>,
  context: PolicyContext,
  among = rules,
): string | null {
  const named = among.filter(
    ({ target, abi }) =>
      target.toLowerCase() === call.to.toLowerCase() &&
      toFunctionSelector(abi) === call.data.slice(0, 10),
  )
  if (named.length === 0) return 'no rule'
  const found = named.map((rule) => {
    const { args } = decodeFunctionData({ abi: [rule.abi], data: call.data })
    return rule.check(args ?? [], context)
  })
  return found.some((each) => each === null) ? null : (found[0]?.rule ?? null)
}

const call = (to: Address, abi: Abi, functionName: string, args: readonly unknown[]) => ({
  to,
  data: encodeFunctionData({ abi, functionName, args }),
})
const pool = (name: string, ...args: readonly unknown[]) => call(config.pool, poolAbi, name, args)
const [first] = config.reserves
const aWeth = first!.aToken
const one = 10n ** 18n

describe('aaveV3Rules', () => {
  test('default: every call this adapter encodes passes', () => {
    for (const type of ['supply', 'withdraw', 'borrow', 'repay'] as const)
      for (const token of [weth, wbtc, usdc]) {
        const intent = { type, venue, domain, token, raw: 7n }
        for (const sender of type === 'borrow' ? [owner] : [owner, executor])
          for (const each of encode(intent, { owner, sender, deadline: 0n }))
            expect(judge(each, { ...sight, owner, sender }), each.label).toBeNull()
      }
    for (const each of authorize(executor)) expect(judge(each, asOwner)).toBeNull()
  })

  const poolMore = parseAbi([
    'function setUserUseReserveAsCollateral(address asset, bool use)',
    'function flashLoanSimple(address receiver, address asset, uint256 amount, bytes params, uint16 code)',
    'function liquidationCall(address c, address d, address user, uint256 amount, bool receive)',
    'function setUserEMode(uint8 category)',
    'function repayWithATokens(address asset, uint256 amount, uint256 mode)',
  ])
  const tokenMore = parseAbi([
    'function transfer(address to, uint256 amount) returns (bool)',
    'function increaseAllowance(address spender, uint256 amount) returns (bool)',
    'function approveDelegation(address delegatee, uint256 amount)',
  ])
  const more = (name: string, ...args: readonly unknown[]) =>
    call(config.pool, poolMore, name, args)

  test.each<[string, { readonly to: Address; readonly data: Hex }, PolicyContext, string]>([
    [
      'supply for a stranger',
      pool('supply', weth.address, one, stranger, 0),
      asOwner,
      'Aave account',
    ],
    ['supply of an unknown token', pool('supply', stranger, one, owner, 0), asOwner, 'Aave asset'],
    [
      'withdraw to a stranger',
      pool('withdraw', weth.address, one, stranger),
      asOwner,
      'Aave recipient',
    ],
    [
      'withdraw to the executor by the owner',
      pool('withdraw', weth.address, one, executor),
      asOwner,
      'Aave recipient',
    ],
    [
      'borrow on a stranger',
      pool('borrow', weth.address, one, 2n, 0, stranger),
      asOwner,
      'Aave account',
    ],
    [
      'borrow at a stable rate',
      pool('borrow', weth.address, one, 1n, 0, owner),
      asOwner,
      'Aave rate mode',
    ],
    [
      'repay of a stranger’s debt',
      pool('repay', weth.address, one, 2n, stranger),
      asOwner,
      'Aave account',
    ],
    [
      'approve a stranger',
      call(weth.address, erc20Abi, 'approve', [stranger, 1n]),
      asOwner,
      'WETH spender',
    ],
    [
      'approve the executor on the token',
      call(weth.address, erc20Abi, 'approve', [executor, 1n]),
      asOwner,
      'WETH spender',
    ],
    [
      'aTokens approved to a stranger',
      call(aWeth, aTokenAbi, 'approve', [stranger, maxUint256]),
      asOwner,
      'aWETH spender',
    ],
    [
      'aTokens approved to the pool',
      call(aWeth, aTokenAbi, 'approve', [config.pool, 1n]),
      asOwner,
      'aWETH spender',
    ],
    [
      'aTokens taken to a stranger',
      call(aWeth, aTokenAbi, 'transferFrom', [owner, stranger, 1n]),
      asExecutor,
      'aWETH recipient',
    ],
    [
      'aTokens taken from a stranger',
      call(aWeth, aTokenAbi, 'transferFrom', [stranger, executor, 1n]),
      asExecutor,
      'aWETH source',
    ],
    [
      'aTokens moved by the owner',
      call(aWeth, aTokenAbi, 'transferFrom', [owner, executor, 1n]),
      asOwner,
      'aWETH recipient',
    ],
    ['aTokens sent away', call(aWeth, tokenMore, 'transfer', [stranger, 1n]), asOwner, 'no rule'],
    [
      'tokens sent away',
      call(weth.address, tokenMore, 'transfer', [stranger, 1n]),
      asOwner,
      'no rule',
    ],
    [
      'a larger allowance',
      call(aWeth, tokenMore, 'increaseAllowance', [stranger, 1n]),
      asOwner,
      'no rule',
    ],
    [
      'delegated credit',
      call(first!.variableDebtToken, tokenMore, 'approveDelegation', [stranger, one]),
      asOwner,
      'no rule',
    ],
    [
      'collateral switched off',
      more('setUserUseReserveAsCollateral', weth.address, false),
      asOwner,
      'no rule',
    ],
    [
      'a flash loan to a stranger',
      more('flashLoanSimple', stranger, weth.address, one, '0x', 0),
      asOwner,
      'no rule',
    ],
    [
      'a liquidation',
      more('liquidationCall', weth.address, usdc.address, stranger, one, true),
      asOwner,
      'no rule',
    ],
    ['an e-mode', more('setUserEMode', 1), asOwner, 'no rule'],
    ['repayment in aTokens', more('repayWithATokens', weth.address, one, 2n), asOwner, 'no rule'],
    [
      'the pool’s verb at another address',
      call(stranger, poolAbi, 'supply', [weth.address, one, owner, 0]),
      asOwner,
      'no rule',
    ],
  ])('hostile: %s is refused', (_, hostile, context, rule) => {
    expect(judge(hostile, context)).toBe(rule)
  })

  test('behavior: without an executor no aToken moves or is approved', () => {
    const strict = aaveV3Rules(config, null)
    const approve = call(aWeth, aTokenAbi, 'approve', [executor, 1n])
    const take = call(aWeth, aTokenAbi, 'transferFrom', [owner, executor, 1n])
    expect(judge(approve, asOwner, strict)).toBe('aWETH spender')
    expect(judge(take, asExecutor, strict)).toBe('aWETH recipient')
  })
})
