import { flashLoanExecutorAbi } from '@plimsoll/contracts'
import {
  InvalidInputError,
  PolicyDeniedError,
  price,
  sameAddress,
  type Token,
  usd,
  valueUp,
} from '@plimsoll/domain'
import {
  type Address,
  concat,
  encodeFunctionData,
  getAbiItem,
  type Hex,
  maxUint256,
  parseAbi,
  type TransactionSerializable,
  zeroAddress,
} from 'viem'
import { describe, expect, test } from 'vitest'
import { executorAt } from '../test/executorAt.ts'
import { allowedAddress } from './allowedAddress.ts'
import { approveRule } from './approveRule.ts'
import type { CallRule } from './CallRule.ts'
import { createSigningPolicy } from './createSigningPolicy.ts'
import { executorRule } from './executorRule.ts'
import { erc20Abi } from './index.ts'

const at = (last: string): Address => `0x${last.padStart(40, '0')}`
const owner = at('a0')
const stranger = at('bad')
const executor = at('e0')
const own = executorAt(executor, owner)
const pool = at('d1')
const morpho = at('d2')
const router = at('d3')
const usdc: Token = {
  chainId: 31337,
  address: at('c1'),
  symbol: 'USDC',
  decimals: 6,
  asset: 'USDC',
}
const weth: Token = {
  chainId: 31337,
  address: at('c2'),
  symbol: 'WETH',
  decimals: 18,
  asset: 'ETH',
}

const wbtc: Token = { ...weth, address: at('c3'), symbol: 'WBTC', decimals: 8, asset: 'BTC' }

// Shaped like the real protocols; the adapters' own rules are tested with the adapters.
const poolAbi = parseAbi([
  'function repay(address asset, uint256 amount, uint256 rateMode, address onBehalfOf)',
  'function borrow(address asset, uint256 amount, uint256 rateMode, uint16 referral, address onBehalfOf)',
  'function withdraw(address asset, uint256 amount, address to)',
])
const morphoAbi = parseAbi(['function setAuthorization(address authorized, bool isAuthorized)'])
const routerAbi = parseAbi([
  'struct Swap { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 amountIn; uint256 minOut; uint160 limit; }',
  'function exactInputSingle(Swap swap) payable',
])
const evilAbi = parseAbi([
  'function execute(address target, uint256 value, bytes data, uint8 operation)',
  'function increaseAllowance(address spender, uint256 added)',
  'function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',
])

const rules: readonly CallRule[] = [
  approveRule(usdc, [pool, router, executor]),
  approveRule(weth, [pool, router]),
  {
    target: usdc.address,
    abi: getAbiItem({ abi: erc20Abi, name: 'transferFrom' }),
    check: ([from, to], { sender }) =>
      allowedAddress('USDC pull', from, [owner]) ??
      allowedAddress('USDC pull', to, sameAddress(sender, owner) ? [] : [sender]),
    leaves: () => [usdc.address],
  },
  {
    target: pool,
    abi: getAbiItem({ abi: poolAbi, name: 'repay' }),
    check: (args, context) => allowedAddress('repay for', args[3], [context.owner]),
  },
  {
    target: pool,
    abi: getAbiItem({ abi: poolAbi, name: 'borrow' }),
    check: (args, context) => allowedAddress('borrow for', args[4], [context.owner]),
  },
  {
    target: pool,
    abi: getAbiItem({ abi: poolAbi, name: 'withdraw' }),
    check: (args, { owner, sender }) => allowedAddress('withdraw to', args[2], [owner, sender]),
    leaves: ([asset]) => [asset as Address],
  },
  {
    target: morpho,
    abi: getAbiItem({ abi: morphoAbi, name: 'setAuthorization' }),
    check: ([authorized]) => allowedAddress('authorize', authorized, [executor]),
  },
  {
    target: router,
    abi: getAbiItem({ abi: routerAbi, name: 'exactInputSingle' }),
    check: ([swap], { sender }) =>
      allowedAddress('swap to', (swap as { recipient: Address }).recipient, [sender]),
    traded: ([swap], { references }) =>
      valueUp((swap as { amountIn: bigint }).amountIn, 18, references.get('ETH') ?? price(0n)),
  },
  executorRule({
    executor: own,
    lenders: [
      { kind: 'morpho', address: morpho, feeBps: 0n, tokens: [usdc] },
      { kind: 'aave-v3', address: pool, feeBps: 5n, tokens: [usdc, wbtc] },
    ],
    tokens: [usdc, weth],
    maxLoan: usd(1_000_00000000n),
  }),
]
const caps = {
  chainId: 31337,
  owner,
  maxFeePerGas: 100n,
  maxGas: 5_000_000n,
  maxTraded: usd(10_000_00000000n),
}
const sight = {
  time: 1_000n,
  references: new Map([
    ['ETH', price(2_000n * 10n ** 18n)],
    ['USDC', price(10n ** 18n)],
  ]),
}
const policy = createSigningPolicy({ ...caps, executor: own, rules })

const base = {
  type: 'eip1559',
  chainId: 31337,
  nonce: 0,
  value: 0n,
  gas: 1_000_000n,
  maxFeePerGas: 100n,
  maxPriorityFeePerGas: 1n,
} as const
type Inner = { readonly to: Address; readonly data: Hex }
const tx = (call: Inner, over: object = {}) =>
  ({ ...base, ...call, ...over }) as TransactionSerializable

const erc20 = (token: Token, name: 'transfer' | 'approve', to: Address): Inner => ({
  to: token.address,
  data: encodeFunctionData({ abi: erc20Abi, functionName: name, args: [to, 1_000n] }),
})
const transferFrom = (from: Address, to: Address): Inner => ({
  to: usdc.address,
  data: encodeFunctionData({ abi: erc20Abi, functionName: 'transferFrom', args: [from, to, 5n] }),
})
const repay = (onBehalfOf: Address): Inner => ({
  to: pool,
  data: encodeFunctionData({
    abi: poolAbi,
    functionName: 'repay',
    args: [usdc.address, 7n, 2n, onBehalfOf],
  }),
})
const borrow = (onBehalfOf: Address): Inner => ({
  to: pool,
  data: encodeFunctionData({
    abi: poolAbi,
    functionName: 'borrow',
    args: [usdc.address, 7n, 2n, 0, onBehalfOf],
  }),
})
const withdraw = (to: Address): Inner => ({
  to: pool,
  data: encodeFunctionData({
    abi: poolAbi,
    functionName: 'withdraw',
    args: [weth.address, maxUint256, to],
  }),
})
const swap = (recipient: Address, amountIn = 9n): Inner => ({
  to: router,
  data: encodeFunctionData({
    abi: routerAbi,
    functionName: 'exactInputSingle',
    args: [
      {
        tokenIn: weth.address,
        tokenOut: usdc.address,
        fee: 500,
        recipient,
        amountIn,
        minOut: 8n,
        limit: 0n,
      },
    ],
  }),
})
const authorize = (authorized: Address): Inner => ({
  to: morpho,
  data: encodeFunctionData({
    abi: morphoAbi,
    functionName: 'setAuthorization',
    args: [authorized, true],
  }),
})
const noLoan = { kind: 0, lender: zeroAddress, token: zeroAddress, amount: 0n, maxPremium: 0n }
const morphoLoan = { kind: 2, lender: morpho, token: usdc.address, amount: 7n, maxPremium: 0n }
const aaveLoan = { ...morphoLoan, kind: 1, lender: pool, amount: 10_001n, maxPremium: 6n }
const execute = (
  calls: readonly Inner[],
  loan = morphoLoan,
  sweep = [usdc.address, weth.address],
): Inner => ({
  to: executor,
  data: encodeFunctionData({
    abi: flashLoanExecutorAbi,
    functionName: 'execute',
    args: [loan, calls.map(({ to, data }) => ({ target: to, data })), sweep],
  }),
})
const deleverage = [
  erc20(usdc, 'approve', pool),
  repay(owner),
  withdraw(executor),
  erc20(weth, 'approve', router),
  swap(executor),
]
const executeSafe: Inner = {
  to: executor,
  data: encodeFunctionData({
    abi: evilAbi,
    functionName: 'execute',
    args: [stranger, 0n, '0x', 1],
  }),
}
const increaseAllowance: Inner = {
  to: usdc.address,
  data: encodeFunctionData({
    abi: evilAbi,
    functionName: 'increaseAllowance',
    args: [stranger, 1n],
  }),
}
const permit: Inner = {
  to: usdc.address,
  data: encodeFunctionData({
    abi: evilAbi,
    functionName: 'permit',
    args: [owner, stranger, 1n, 1n, 27, `0x${'00'.repeat(32)}`, `0x${'00'.repeat(32)}`],
  }),
}
const append = (call: Inner, bytes: Hex): Inner => ({ ...call, data: concat([call.data, bytes]) })
/** A recipient whose word has dirt above its twenty bytes. */
const dirty: Inner = {
  ...withdraw(owner),
  data: `${withdraw(owner).data.slice(0, -64)}01${withdraw(owner).data.slice(-62)}` as Hex,
}

const hostile: readonly (readonly [string, TransactionSerializable, string])[] = [
  ['drain by transfer', tx(erc20(usdc, 'transfer', stranger)), 'selector'],
  [
    'transfer to the owner itself, which no rule names',
    tx(erc20(usdc, 'transfer', owner)),
    'selector',
  ],
  ['drain by transferFrom', tx(transferFrom(owner, stranger)), 'USDC pull'],
  ['pull into the executor outside it', tx(transferFrom(owner, executor)), 'USDC pull'],
  ['approve a stranger', tx(erc20(usdc, 'approve', stranger)), 'USDC spender'],
  ['approve a spender of another token', tx(erc20(weth, 'approve', executor)), 'WETH spender'],
  ['increaseAllowance', tx(increaseAllowance), 'selector'],
  ['permit', tx(permit), 'selector'],
  ['borrow on a stranger', tx(borrow(stranger)), 'borrow for'],
  ['repay for a stranger', tx(repay(stranger)), 'repay for'],
  ['withdraw to a stranger', tx(withdraw(stranger)), 'withdraw to'],
  ['withdraw to the executor outside it', tx(withdraw(executor)), 'withdraw to'],
  ['swap to a stranger', tx(swap(stranger)), 'swap to'],
  ['setAuthorization of a stranger', tx(authorize(stranger)), 'authorize'],
  ['wrong chain', tx(repay(owner), { chainId: 1 }), 'chain'],
  ['no chain', tx(repay(owner), { chainId: undefined }), 'chain'],
  ['unknown target', tx({ ...repay(owner), to: stranger }), 'target'],
  ['unknown selector', tx({ to: pool, data: '0xdeadbeef' }), 'selector'],
  ['call of the owner itself', tx({ ...repay(owner), to: owner }), 'target'],
  ['value', tx(repay(owner), { value: 1n }), 'value'],
  ['value left out', tx(repay(owner), { value: undefined }), 'value'],
  ['contract creation', tx(repay(owner), { to: null }), 'contract creation'],
  ['target left out', tx(repay(owner), { to: undefined }), 'contract creation'],
  ['no calldata', tx({ to: pool, data: '0x' }), 'calldata'],
  ['calldata shorter than a selector', tx({ to: pool, data: '0x617ba0' }), 'calldata'],
  [
    'arguments cut off',
    tx({ ...repay(owner), data: repay(owner).data.slice(0, -64) as Hex }),
    'calldata',
  ],
  ['trailing bytes', tx(append(repay(owner), '0x00')), 'calldata'],
  ['a trailing word', tx(append(repay(owner), `0x${'00'.repeat(32)}`)), 'calldata'],
  ['dirt above an address', tx(dirty), 'calldata'],
  ['a Safe-like execute with delegatecall', tx(executeSafe), 'selector'],
  ['excessive fee', tx(repay(owner), { maxFeePerGas: 101n }), 'fee'],
  ['no fee', tx(repay(owner), { maxFeePerGas: undefined }), 'fee'],
  ['priority fee above the fee', tx(repay(owner), { maxPriorityFeePerGas: 101n }), 'priority fee'],
  ['excessive gas', tx(repay(owner), { gas: 5_000_001n }), 'gas'],
  ['nonce left out', tx(repay(owner), { nonce: undefined }), 'nonce'],
  ['EIP-7702', tx(repay(owner), { type: 'eip7702', authorizationList: [] }), 'transaction type'],
  [
    'a delegation smuggled into EIP-1559',
    tx(repay(owner), { authorizationList: [{}] }),
    'transaction field',
  ],
  ['a blob transaction', tx(repay(owner), { type: 'eip4844', blobs: [] }), 'transaction type'],
  ['a legacy transaction', tx(repay(owner), { type: 'legacy' }), 'transaction type'],
  ['no type', tx(repay(owner), { type: undefined }), 'transaction type'],
  ['an access list', tx(repay(owner), { accessList: [] }), 'transaction field'],
  ['more traded than allowed', tx(swap(owner, 5n * 10n ** 18n + 1n)), 'traded value'],
  [
    'executor: more traded than allowed, in parts',
    tx(execute([swap(executor, 3n * 10n ** 18n), swap(executor, 3n * 10n ** 18n)])),
    'traded value',
  ],
  ['executor: drain by transfer', tx(execute([erc20(usdc, 'transfer', stranger)])), 'selector'],
  [
    'executor: hostile call after honest ones',
    tx(execute([...deleverage, withdraw(stranger)])),
    'withdraw to',
  ],
  ['executor: pull to a stranger', tx(execute([transferFrom(owner, stranger)])), 'USDC pull'],
  ['executor: pull from a stranger', tx(execute([transferFrom(stranger, executor)])), 'USDC pull'],
  ['executor: borrow on a stranger', tx(execute([borrow(stranger)])), 'borrow for'],
  ['executor: debt on the executor', tx(execute([borrow(executor)])), 'borrow for'],
  ['executor: unknown target', tx(execute([{ to: stranger, data: '0xdeadbeef' }])), 'target'],
  ['executor: trailing bytes inside', tx(execute([append(repay(owner), '0x00')])), 'calldata'],
  ['executor: empty call inside', tx(execute([{ to: pool, data: '0x' }])), 'calldata'],
  ['executor within the executor', tx(execute([execute([repay(owner)])])), 'nested executor'],
  [
    'executor: hostile lender',
    tx(execute(deleverage, { ...morphoLoan, lender: stranger })),
    'flash lender',
  ],
  [
    'executor: lender of another kind',
    tx(execute(deleverage, { ...morphoLoan, kind: 1 })),
    'flash lender',
  ],
  [
    'executor: token not lent',
    tx(execute(deleverage, { ...morphoLoan, token: weth.address })),
    'flash lender',
  ],
  [
    'executor: what a withdrawal leaves not swept',
    tx(execute(deleverage, morphoLoan, [usdc.address])),
    'token left behind',
  ],
  [
    'executor: what was pulled not swept',
    tx(execute([transferFrom(owner, executor), repay(owner)], noLoan, [weth.address])),
    'token left behind',
  ],
  [
    'executor: a token of a stranger swept',
    tx(execute(deleverage, morphoLoan, [usdc.address, weth.address, stranger])),
    'swept token',
  ],
  [
    'executor: a loan of another size',
    tx(execute(deleverage, { ...morphoLoan, amount: 1_000_000_001n })),
    'flash loan amount',
  ],
  [
    'executor: a loan of a million times a million',
    tx(execute(deleverage, { ...morphoLoan, amount: 10n ** 18n })),
    'flash loan amount',
  ],
  [
    'executor: a premium where the lender charges none',
    tx(execute(deleverage, { ...morphoLoan, maxPremium: 1n })),
    'flash loan premium',
  ],
  [
    "executor: a premium above the lender's",
    tx(execute(deleverage, { ...aaveLoan, maxPremium: 7n })),
    'flash loan premium',
  ],
  [
    'executor: a loan without a reference',
    tx(execute(deleverage, { ...aaveLoan, token: wbtc.address })),
    'flash loan reference',
  ],
  [
    'executor: premium named without a loan',
    tx(execute(deleverage, { ...noLoan, maxPremium: 1n })),
    'flash lender',
  ],
  [
    'executor: lender named without a loan',
    tx(execute(deleverage, { ...morphoLoan, kind: 0 })),
    'flash lender',
  ],
]

const benign: readonly (readonly [string, TransactionSerializable])[] = [
  ['approve the pool', tx(erc20(usdc, 'approve', pool))],
  ['approve the own executor', tx(erc20(usdc, 'approve', executor))],
  ['repay', tx(repay(owner))],
  ['borrow', tx(borrow(owner))],
  ['withdraw', tx(withdraw(owner))],
  ['swap', tx(swap(owner))],
  ['as much traded as allowed', tx(swap(owner, 5n * 10n ** 18n))],
  ['authorize the own executor', tx(authorize(executor))],
  ['deleverage inside a flash loan', tx(execute(deleverage))],
  [
    'a loan as large as allowed',
    tx(execute(deleverage, { ...morphoLoan, amount: 1_000_000_000n })),
  ],
  ['a loan at its fee, rounded up', tx(execute(deleverage, aaveLoan))],
  [
    'the token of the loan left to the contract to sweep',
    tx(execute(deleverage, morphoLoan, [weth.address])),
  ],
  ['calls without a loan', tx(execute([transferFrom(owner, executor), repay(owner)], noLoan))],
  ['withdraw inside the executor straight to the owner', tx(execute([withdraw(owner)]))],
  ['upper-case calldata', tx({ to: pool, data: `0x${repay(owner).data.slice(2).toUpperCase()}` })],
]

describe('createSigningPolicy', () => {
  test.each(hostile)('error: PolicyDeniedError on %s', (_, transaction, rule) => {
    let denied: unknown = null
    try {
      policy.check(transaction, sight)
    } catch (error) {
      denied = error
    }
    expect(denied).toBeInstanceOf(PolicyDeniedError)
    expect((denied as PolicyDeniedError).rule).toBe(rule)
  })

  test.each(benign)('behavior: lets %s through', (_, transaction) => {
    expect(() => policy.check(transaction, sight)).not.toThrow()
  })

  test('behavior: without rules nothing passes', () => {
    const empty = createSigningPolicy({ ...caps, executor: own, rules: [] })
    for (const [, transaction] of benign)
      expect(() => empty.check(transaction, sight)).toThrow(PolicyDeniedError)
  })

  test('behavior: of two rules for one function, one that finds nothing is enough', () => {
    const two = [approveRule(usdc, [pool]), approveRule(usdc, [stranger])]
    const either = createSigningPolicy({ ...caps, executor: null, rules: two })
    expect(() => either.check(tx(erc20(usdc, 'approve', stranger)), sight)).not.toThrow()
    expect(() => either.check(tx(erc20(usdc, 'approve', router)), sight)).toThrow(PolicyDeniedError)
  })

  test('behavior: a policy without a cap lets nothing be traded', () => {
    const { maxTraded: _, ...uncapped } = caps
    const strict = createSigningPolicy({ ...uncapped, executor: own, rules })
    expect(() => strict.check(tx(swap(owner)), sight)).toThrow(PolicyDeniedError)
    expect(() => strict.check(tx(repay(owner)), sight)).not.toThrow()
  })

  test('behavior: rules added to the list later change nothing', () => {
    const list = [approveRule(usdc, [pool])]
    const fixed = createSigningPolicy({ ...caps, executor: null, rules: list })
    list.push(approveRule(usdc, [stranger]))
    expect(() => fixed.check(tx(erc20(usdc, 'approve', stranger)), sight)).toThrow(
      PolicyDeniedError,
    )
  })

  test('error: InvalidInputError when a rule for the executor does not tell the calls it wraps', () => {
    const [execute] = rules.filter(({ target }) => target === executor)
    const { inner: _, ...blind } = execute!
    for (const rule of [
      blind,
      { ...blind, check: () => null },
      approveRule({ ...usdc, address: executor }, [pool]),
    ])
      for (const list of [
        [...rules, rule],
        [rule, ...rules],
      ])
        expect(() => createSigningPolicy({ ...caps, executor: own, rules: list })).toThrow(
          InvalidInputError,
        )
  })

  test('error: InvalidInputError for the executor of another owner or another chain', () => {
    const foreign = [executorAt(executor, stranger), { ...own, chainId: 1 }]
    for (const each of foreign)
      expect(() => createSigningPolicy({ ...caps, executor: each, rules })).toThrow(
        InvalidInputError,
      )
  })

  test("error: InvalidInputError when a rule wraps calls for a contract that is not the owner's", () => {
    expect(() => createSigningPolicy({ ...caps, executor: null, rules })).toThrow(InvalidInputError)
    expect(() =>
      createSigningPolicy({ ...caps, executor: executorAt(stranger, owner), rules }),
    ).toThrow(InvalidInputError)
  })
})
