import type { TokenSymbol } from '@plimsoll/devnet'
import type { Address, Hex } from '@plimsoll/domain'
import { encodeFunctionData, maxUint256, parseAbi, zeroAddress, zeroHash } from 'viem'
import type { Stage } from './startStage.ts'

/** Everything a thief of the key would like to sign, and what the agent itself needs. */
const abi = parseAbi([
  'function transfer(address to, uint256 value) returns (bool)',
  'function transferFrom(address from, address to, uint256 value) returns (bool)',
  'function approve(address spender, uint256 value) returns (bool)',
  'function approveDelegation(address delegatee, uint256 amount)',
  'function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode)',
  'function withdraw(address asset, uint256 amount, address to) returns (uint256)',
  'function repay(address asset, uint256 amount, uint256 rateMode, address onBehalfOf) returns (uint256)',
  'function setUserUseReserveAsCollateral(address asset, bool useAsCollateral)',
  'function setUserEMode(uint8 categoryId)',
  'function upgradeTo(address implementation)',
  'struct MarketParams { address loanToken; address collateralToken; address oracle; address irm; uint256 lltv; }',
  'function createMarket(MarketParams params)',
  'function setAuthorization(address authorized, bool newIsAuthorized)',
  'function supplyCollateral(MarketParams params, uint256 assets, address onBehalf, bytes data)',
  'function withdrawCollateral(MarketParams params, uint256 assets, address onBehalf, address receiver)',
  'struct ExactInputSingle { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 amountIn; uint256 amountOutMinimum; uint160 sqrtPriceLimitX96; }',
  'function exactInputSingle(ExactInputSingle params) payable returns (uint256 amountOut)',
  'function sweepToken(address token, uint256 amountMinimum, address recipient) payable',
  'function depositFor(address to, address token, uint256 amount)',
  'struct OpenPosition { address baseToken; bool isBaseToQuote; bool isExactInput; uint256 amount; uint256 oppositeAmountBound; uint256 deadline; uint160 sqrtPriceLimitX96; bytes32 referralCode; }',
  'function openPosition(OpenPosition params) returns (uint256 base, uint256 quote)',
  'struct FlashLoan { uint8 kind; address lender; address token; uint256 amount; uint256 maxPremium; }',
  'struct Call { address target; bytes data; }',
  'function execute(FlashLoan loan, Call[] calls, address[] sweep)',
  'function onMorphoFlashLoan(uint256 assets, bytes data)',
  'function delegatecall(address target, bytes data)',
])
const aaveBorrow = parseAbi([
  'function borrow(address asset, uint256 amount, uint256 rateMode, uint16 referralCode, address onBehalfOf)',
])
const morphoBorrow = parseAbi([
  'struct MarketParams { address loanToken; address collateralToken; address oracle; address irm; uint256 lltv; }',
  'function borrow(MarketParams params, uint256 assets, uint256 shares, address onBehalf, address receiver) returns (uint256, uint256)',
])
const multicall = parseAbi(['function multicall(bytes[] data) payable returns (bytes[])'])
const timedMulticall = parseAbi([
  'function multicall(uint256 deadline, bytes[] data) payable returns (bytes[])',
])
const approveActions = parseAbi(['function approve(address delegate, uint8 actions)'])

/** A call that may not be signed. */
export type Hostile = {
  /** Rule that refuses it. */
  readonly rule: string
  /** Whether the contracts would carry it out: the policy is then all that stands before it. */
  readonly accepted: boolean
  readonly call: { readonly to: Address; readonly data: Hex }
}

/** A market of Morpho as anyone may open one: the known one with a price that a stranger makes. */
const trapMarket = ({ devnet }: Stage, oracle: Address) => {
  const { morpho } = devnet.deployment
  const known = morpho.markets.find(({ collateral }) => collateral === 'WETH')?.params
  return { ...known, oracle, lltv: BigInt(known?.lltv ?? 0) }
}

/** Opens {@link trapMarket}. */
export const openTrap = (stage: Stage, oracle: Address): Hex =>
  encodeFunctionData({
    abi,
    functionName: 'createMarket',
    args: [trapMarket(stage, oracle) as never],
  })

/** Approvals that the owner has given in the course of business, so that the chain would accept what follows. */
export function businessApprovals({ devnet }: Stage): readonly { to: Address; data: Hex }[] {
  const { tokens, uniswap, perp, morpho } = devnet.deployment
  return (
    [
      ['USDC', uniswap.swapRouter02],
      ['USDC', perp.vault],
      ['WETH', morpho.morpho],
    ] as const
  ).map(([symbol, spender]) => ({
    to: tokens[symbol].address,
    data: encodeFunctionData({ abi, functionName: 'approve', args: [spender, maxUint256] }),
  }))
}

/**
 * Hostile calls against the contracts of a devnet, by what they try.
 *
 * @param now - Time of the block they are signed on. [s]
 */
export function hostileCalls(
  stage: Stage,
  oracle: Address,
  now: bigint,
): ReadonlyMap<string, Hostile> {
  const { devnet } = stage
  const executor = stage.executor.address
  const { tokens, aave, morpho, uniswap, perp } = devnet.deployment
  const owner = devnet.accounts.owner.address
  const thief = devnet.accounts.stranger.address
  const [usdc, weth] = [tokens.USDC.address, tokens.WETH.address]
  const aWeth = aave.reserves.WETH.aToken
  const one = 1_000_000n // one USDC, or a speck of anything else
  const calls = new Map<string, Hostile>()

  const encode = (functionName: string, args: readonly unknown[], from: object = abi): Hex =>
    encodeFunctionData({ abi: from, functionName, args } as never)
  /** Refused by `rule`, and the contracts would have done it. */
  const robbery = (what: string, rule: string, to: Address, data: Hex) =>
    calls.set(what, { rule, accepted: true, call: { to, data } })
  /** Refused by `rule` before the contracts are asked. */
  const nonsense = (what: string, rule: string, to: Address, data: Hex) =>
    calls.set(what, { rule, accepted: false, call: { to, data } })

  robbery('USDC sent to a stranger', 'selector', usdc, encode('transfer', [thief, one]))
  robbery('USDC approved to a stranger', 'USDC spender', usdc, encode('approve', [thief, one]))
  nonsense(
    'USDC pulled for a stranger',
    'selector',
    usdc,
    encode('transferFrom', [owner, thief, one]),
  )
  robbery('aWETH sent to a stranger', 'selector', aWeth, encode('transfer', [thief, one]))
  robbery('aWETH approved to a stranger', 'aWETH spender', aWeth, encode('approve', [thief, one]))
  nonsense(
    'aWETH pulled for a stranger',
    'aWETH recipient',
    aWeth,
    encode('transferFrom', [owner, thief, one]),
  )
  robbery(
    'credit on Aave delegated to a stranger',
    'target',
    aave.reserves.USDC.variableDebtToken,
    encode('approveDelegation', [thief, maxUint256]),
  )

  const lend = (what: string, rule: string, data: Hex) => robbery(what, rule, aave.pool, data)
  lend('Aave: withdraw to a stranger', 'Aave recipient', encode('withdraw', [weth, one, thief]))
  lend(
    'Aave: collateral switched off',
    'selector',
    encode('setUserUseReserveAsCollateral', [tokens.WBTC.address, false]),
  )
  lend('Aave: another e-mode', 'selector', encode('setUserEMode', [0]))
  nonsense(
    "Aave: borrow in a stranger's name",
    'Aave account',
    aave.pool,
    encode('borrow', [usdc, one, 2n, 0, thief], aaveBorrow),
  )
  nonsense(
    'Aave: borrow at the stable rate',
    'Aave rate mode',
    aave.pool,
    encode('borrow', [usdc, one, 1n, 0, owner], aaveBorrow),
  )
  nonsense(
    'Aave: supply for a stranger',
    'Aave account',
    aave.pool,
    encode('supply', [usdc, one, thief, 0]),
  )
  nonsense(
    "Aave: repay a stranger's debt",
    'Aave account',
    aave.pool,
    encode('repay', [usdc, one, 2n, thief]),
  )
  nonsense('Aave: upgrade the pool', 'selector', aave.pool, encode('upgradeTo', [thief]))

  const known = morpho.markets.find(({ collateral }) => collateral === 'WETH')?.params
  const market = { ...known, lltv: BigInt(known?.lltv ?? 0) }
  const blue = (what: string, rule: string, data: Hex) => robbery(what, rule, morpho.morpho, data)
  blue(
    'Morpho: a stranger authorized',
    'morpho-blue own-executor',
    encode('setAuthorization', [thief, true]),
  )
  blue(
    'Morpho: collateral withdrawn to a stranger',
    'morpho-blue receiver',
    encode('withdrawCollateral', [market, one, owner, thief]),
  )
  blue(
    'Morpho: a loan paid out to a stranger',
    'morpho-blue receiver',
    encode('borrow', [market, one, 0n, owner, thief], morphoBorrow),
  )
  blue(
    'Morpho: collateral into a market with a price of its own',
    'morpho-blue known-market',
    encode('supplyCollateral', [trapMarket(stage, oracle), one, owner, '0x']),
  )
  blue(
    'Morpho: collateral given to a stranger',
    'morpho-blue on-behalf',
    encode('supplyCollateral', [market, one, thief, '0x']),
  )
  nonsense(
    'Morpho: a callback',
    'morpho-blue no-callback',
    morpho.morpho,
    encode('supplyCollateral', [market, one, owner, '0x01']),
  )

  const swap = (change: object): Hex =>
    encode('exactInputSingle', [
      {
        tokenIn: usdc,
        tokenOut: weth,
        fee: uniswap.pools[0]?.fee,
        recipient: owner,
        amountIn: one,
        amountOutMinimum: 49n * 10n ** 13n, // fair while a WETH is worth $2,000
        sqrtPriceLimitX96: 0n,
        ...change,
      },
    ])
  const by = (deadline: bigint, ...inner: readonly Hex[]): Hex =>
    encode('multicall', [deadline, inner], timedMulticall)
  const timed = (...inner: readonly Hex[]): Hex => by(now + 900n, ...inner)
  const router = (what: string, rule: string, data: Hex) =>
    robbery(what, rule, uniswap.swapRouter02, data)
  router('Uniswap: paid to a stranger', 'uniswap-v3 recipient', timed(swap({ recipient: thief })))
  router('Uniswap: no minimum', 'uniswap-v3 minimum', timed(swap({ amountOutMinimum: 0n })))
  router(
    'Uniswap: a reserve sold for a speck',
    'uniswap-v3 price',
    timed(swap({ amountIn: 20_000n * one, amountOutMinimum: 1n })),
  )
  router('Uniswap: a deadline that never comes', 'uniswap-v3 deadline', by(maxUint256, swap({})))
  router('Uniswap: bytes behind a swap', 'uniswap-v3 inner call', timed(`${swap({})}00`))
  nonsense(
    'Uniswap: more than the owner trades at once',
    'traded value',
    uniswap.swapRouter02,
    timed(swap({ amountIn: 3_000_000n * one, amountOutMinimum: 3_000n * 10n ** 18n })),
  )
  router('Uniswap: no deadline', 'selector', encode('multicall', [[swap({})]], multicall))
  router('Uniswap: a bare swap', 'selector', swap({}))
  router(
    'Uniswap: a sweep behind a swap',
    'uniswap-v3 inner call',
    timed(swap({}), encode('sweepToken', [weth, 0n, thief])),
  )
  nonsense(
    'Uniswap: a pool nobody knows',
    'uniswap-v3 known pool',
    uniswap.swapRouter02,
    timed(swap({ fee: 100 })),
  )

  robbery(
    'Perp: margin given to a stranger',
    'perp-v2 beneficiary',
    perp.vault,
    encode('depositFor', [thief, usdc, one]),
  )
  robbery(
    'Perp: a stranger may trade',
    'target',
    perp.delegateApproval,
    encode('approve', [thief, 1], approveActions),
  )
  const trade = (change: object): Hex =>
    encode('openPosition', [
      {
        baseToken: perp.markets.ETH.baseToken,
        isBaseToQuote: true,
        isExactInput: true,
        amount: 10n ** 16n,
        oppositeAmountBound: 1n,
        deadline: now + 900n,
        sqrtPriceLimitX96: 0n,
        referralCode: zeroHash,
        ...change,
      },
    ])
  const bet = (what: string, rule: string, change: object) =>
    robbery(what, `perp-v2 ${rule}`, perp.clearingHouse, trade(change))
  bet('Perp: a trade without a bound', 'bound', { oppositeAmountBound: 0n })
  bet('Perp: a sale for a speck', 'price', {})
  bet('Perp: a purchase at any price', 'price', {
    isBaseToQuote: false,
    isExactInput: false,
    oppositeAmountBound: maxUint256,
  })
  bet('Perp: a deadline that never comes', 'deadline', { deadline: maxUint256 })
  bet('Perp: an amount of quote, whose bound is in base', 'exact-base', {
    isExactInput: false,
    oppositeAmountBound: 10n ** 18n,
  })
  nonsense(
    'Perp: a market nobody knows',
    'perp-v2 known-market',
    perp.clearingHouse,
    trade({ baseToken: thief }),
  )

  const execute = (inner: readonly Hostile['call'][], loan?: object): Hex =>
    wrap(executor, inner, loan).data
  const wrapped = (what: string, rule: string, target: Address, data: Hex) =>
    robbery(`Executor: ${what}`, rule, executor, execute([{ to: target, data }]))
  wrapped(
    'aWETH pulled for a stranger',
    'aWETH recipient',
    aWeth,
    encode('transferFrom', [owner, thief, one]),
  )
  wrapped(
    'collateral on Morpho withdrawn to a stranger',
    'morpho-blue receiver',
    morpho.morpho,
    encode('withdrawCollateral', [market, one, owner, thief]),
  )
  wrapped('USDC approved to a stranger', 'USDC spender', usdc, encode('approve', [thief, one]))
  wrapped('ownerless call to a feed', 'target', devnet.deployment.feeds.ETH, '0x50d25bcd')
  nonsense(
    'Executor: a hostile call after a good one',
    'selector',
    executor,
    execute([
      { to: usdc, data: encode('approve', [aave.pool, one]) },
      { to: usdc, data: encode('transfer', [thief, one]) },
    ]),
  )
  nonsense(
    'Executor: an executor within',
    'nested executor',
    executor,
    execute([{ to: executor, data: execute([]) }]),
  )
  nonsense(
    'Executor: a lender nobody knows',
    'flash lender',
    executor,
    execute([], { kind: 2, lender: thief, token: usdc, amount: one, maxPremium: 0n }),
  )
  nonsense(
    'Executor: a lender of another kind',
    'flash lender',
    executor,
    execute([], { kind: 1, lender: morpho.morpho, token: usdc, amount: one, maxPremium: 0n }),
  )
  nonsense(
    'Executor: a loan of a million times a million',
    'flash loan amount',
    executor,
    execute([], {
      kind: 2,
      lender: morpho.morpho,
      token: usdc,
      amount: 10n ** 18n,
      maxPremium: 0n,
    }),
  )
  const takeWeth = { to: aWeth, data: encode('transferFrom', [owner, executor, one]) }
  calls.set('Executor: collateral left with it', {
    ...{ rule: 'token left behind', accepted: true },
    call: wrap(executor, [takeWeth]),
  })
  calls.set("Executor: a stranger's token swept", {
    ...{ rule: 'swept token', accepted: false },
    call: wrap(executor, [], undefined, [thief]),
  })
  nonsense(
    'Executor: whatever premium',
    'flash loan premium',
    executor,
    execute([], { kind: 1, lender: aave.pool, token: usdc, amount: one, maxPremium: maxUint256 }),
  )
  nonsense(
    "Executor: a lender's callback",
    'selector',
    executor,
    encode('onMorphoFlashLoan', [one, '0x']),
  )
  nonsense('Executor: a delegate call', 'selector', executor, encode('delegatecall', [thief, '0x']))

  robbery('a stranger called', 'target', thief, encode('transfer', [thief, one]))
  robbery(
    'bytes behind the arguments',
    'calldata',
    usdc,
    `${encode('approve', [aave.pool, one])}00`,
  )
  nonsense('no calldata', 'calldata', usdc, '0x')
  return calls
}

/** A call that makes the owner's executor make other calls. */
export function wrap(
  executor: Address,
  calls: readonly Hostile['call'][],
  loan: object = { kind: 0, lender: zeroAddress, token: zeroAddress, amount: 0n, maxPremium: 0n },
  sweep: readonly Address[] = [],
): Hostile['call'] {
  const inner = calls.map(({ to, data }) => ({ target: to, data }))
  const args = [loan, inner, sweep] as never
  return { to: executor, data: encodeFunctionData({ abi, functionName: 'execute', args }) }
}

/** Tokens the scene needs in the owner's wallet. [raw] */
export const PURSE: Partial<Record<TokenSymbol, bigint>> = { WETH: 10n ** 18n }
