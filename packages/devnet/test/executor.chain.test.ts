import {
  awkwardTokenAbi,
  compileContracts,
  contractOwnerAbi,
  flashLoanExecutorAbi,
  rogueLenderAbi,
  testTokenAbi,
} from '@plimsoll/contracts'
import {
  type Abi,
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  encodeAbiParameters,
  encodeErrorResult,
  encodeFunctionData,
  type Hex,
  parseEventLogs,
  parseUnits,
  zeroAddress,
} from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Devnet, type Role, startDevnet, type TokenSymbol } from '../src/index.ts'
import * as abis from './protocolAbis.ts'

const MAX = 2n ** 256n - 1n
const [NO_LOAN, AAVE_V3, MORPHO_BLUE] = [0, 1, 2]
const nothing = {
  kind: NO_LOAN,
  lender: zeroAddress,
  token: zeroAddress,
  amount: 0n,
  maxPremium: 0n,
}

interface Call {
  readonly target: Address
  readonly data: Hex
}

let devnet: Devnet
let executor: Address
let snapshot: Hex

beforeAll(async () => {
  devnet = await startDevnet()
  const { FlashLoanExecutor } = await compileContracts()
  executor = await deploy(FlashLoanExecutor, devnet.accounts.owner.address)
})
afterAll(() => devnet.stop())
beforeEach(async () => {
  snapshot = await devnet.snapshot()
})
afterEach(() => devnet.revert(snapshot))

async function deploy(contract: { abi: Abi; bytecode: Hex }, ...args: readonly Address[]) {
  const { client, accounts } = devnet
  const hash = await client.deployContract({ ...contract, account: accounts.owner, args })
  const { contractAddress } = await client.waitForTransactionReceipt({ hash })
  return contractAddress!
}

const call = (target: Address, abi: Abi, functionName: string, args: readonly unknown[]): Call => ({
  target,
  data: encodeFunctionData({ abi, functionName, args }),
})

const send = (role: Role, { target, data }: Call) =>
  devnet.client.sendTransactionSync({
    account: devnet.accounts[role],
    to: target,
    data,
    throwOnReceiptRevert: true,
  })

interface Loan {
  readonly kind: number
  readonly lender: Address
  readonly token: Address
  readonly amount: bigint
  readonly maxPremium: bigint
}

const execute = (
  loan: Loan,
  calls: readonly Call[],
  sweep: readonly Address[],
  role: Role = 'owner',
) =>
  devnet.client.writeContractSync({
    account: devnet.accounts[role],
    address: executor,
    abi: flashLoanExecutorAbi,
    functionName: 'execute',
    args: [loan, calls, sweep],
    throwOnReceiptRevert: true,
  })

const token = (symbol: TokenSymbol) => devnet.deployment.tokens[symbol].address

const balanceOf = (address: Address, account: Address) =>
  devnet.client.readContract({
    address,
    abi: abis.erc20Abi,
    functionName: 'balanceOf',
    args: [account],
  })

const approve = (address: Address, spender: Address, amount = MAX) =>
  call(address, abis.erc20Abi, 'approve', [spender, amount])

const swap = (from: TokenSymbol, to: TokenSymbol, amountIn: bigint) =>
  call(devnet.deployment.uniswap.swapRouter02, abis.swapRouterAbi, 'exactInputSingle', [
    {
      tokenIn: token(from),
      tokenOut: token(to),
      fee: 500,
      recipient: executor,
      amountIn,
      amountOutMinimum: 0n,
      sqrtPriceLimitX96: 0n,
    },
  ])

/** A protocol's reason, the name of the executor's own error, or the selector of another's. */
async function refusal(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt
  } catch (error) {
    const revert =
      error instanceof BaseError
        ? error.walk((e) => e instanceof ContractFunctionRevertedError)
        : null
    if (revert instanceof ContractFunctionRevertedError)
      return revert.reason ?? revert.data?.errorName ?? revert.signature ?? String(revert)
    return String(error)
  }
  return 'accepted'
}

/** Opens 10 WETH against 15,000 USDC on Aave, and lets the executor take the aTokens. */
async function openAave(): Promise<void> {
  const { deployment, accounts } = devnet
  const { pool, reserves } = deployment.aave
  const owner = accounts.owner.address
  await devnet.mint('WETH', owner, parseUnits('10', 18))
  await send('owner', approve(token('WETH'), pool))
  await send(
    'owner',
    call(pool, abis.aavePoolAbi, 'supply', [token('WETH'), parseUnits('10', 18), owner, 0]),
  )
  await send(
    'owner',
    call(pool, abis.aavePoolAbi, 'borrow', [token('USDC'), parseUnits('15000', 6), 2n, 0, owner]),
  )
  await send('owner', approve(reserves.WETH.aToken, executor))
}

const account = () =>
  devnet.client.readContract({
    address: devnet.deployment.aave.pool,
    abi: abis.aavePoolAbi,
    functionName: 'getUserAccountData',
    args: [devnet.accounts.owner.address],
  })

/** Repays 5,000 USDC of the owner's debt, withdraws 2.6 WETH of collateral and sells it. */
function deleverageAave(): Call[] {
  const { aave, uniswap } = devnet.deployment
  const owner = devnet.accounts.owner.address
  const sold = parseUnits('2.6', 18)
  return [
    approve(token('USDC'), aave.pool, parseUnits('5000', 6)),
    call(aave.pool, abis.aavePoolAbi, 'repay', [token('USDC'), parseUnits('5000', 6), 2n, owner]),
    call(aave.reserves.WETH.aToken, abis.erc20Abi, 'transferFrom', [owner, executor, sold]),
    call(aave.pool, abis.aavePoolAbi, 'withdraw', [token('WETH'), MAX, executor]),
    approve(token('WETH'), uniswap.swapRouter02, sold),
    swap('WETH', 'USDC', sold),
  ]
}

test.each([
  ['Aave', AAVE_V3, 2_500_000n], // 5 bp of 5,000 USDC
  ['Morpho', MORPHO_BLUE, 0n],
] as const)(
  'behavior: deleverages on Aave with a loan from %s, and keeps nothing',
  async (_, kind, premium) => {
    const { deployment, accounts } = devnet
    await openAave()
    const [collateral, debt, , , , health] = await account()
    const before = await balanceOf(token('USDC'), accounts.owner.address)
    const lender = kind === AAVE_V3 ? deployment.aave.pool : deployment.morpho.morpho
    const amount = parseUnits('5000', 6)
    const loan = { kind, lender, token: token('USDC'), amount, maxPremium: premium }
    const receipt = await execute(loan, deleverageAave(), [token('USDC'), token('WETH')])

    const [collateralAfter, debtAfter, , , , healthAfter] = await account()
    expect(healthAfter).toBeGreaterThan(health)
    expect(Number(debt - debtAfter) / 1e8).toBeCloseTo(5_000, 1)
    expect(Number(collateral - collateralAfter) / 1e8).toBeCloseTo(5_200, 1)
    const kept = Number((await balanceOf(token('USDC'), accounts.owner.address)) - before) / 1e6
    expect(kept).toBeCloseTo(5_200 * 0.9995 - 5_000 - Number(premium) / 1e6, 1)
    for (const symbol of ['USDC', 'WETH'] as const)
      expect(await balanceOf(token(symbol), executor)).toBe(0n)
    expect(await balanceOf(deployment.aave.reserves.WETH.aToken, executor)).toBe(0n)
    const [event] = parseEventLogs({ abi: flashLoanExecutorAbi, logs: receipt.logs })
    expect(event?.args).toEqual({ kind, token: loan.token, amount, premium })
  },
)

test('behavior: deleverages on Morpho with a free loan from Morpho', async () => {
  const { deployment, accounts } = devnet
  const owner = accounts.owner.address
  const { morpho, markets } = deployment.morpho
  const market = markets.find(({ collateral }) => collateral === 'WBTC')!
  const params = { ...market.params, lltv: BigInt(market.params.lltv) }
  const on = (functionName: string, args: readonly unknown[]) =>
    call(morpho, abis.morphoAbi, functionName, args)
  await devnet.mint('WBTC', owner, parseUnits('1', 8))
  await send('owner', approve(token('WBTC'), morpho))
  await send('owner', on('supplyCollateral', [params, parseUnits('1', 8), owner, '0x']))
  await send('owner', on('borrow', [params, parseUnits('33000', 6), 0n, owner, owner]))
  await send('owner', on('setAuthorization', [executor, true]))

  const position = () =>
    devnet.client.readContract({
      address: morpho,
      abi: abis.morphoAbi,
      functionName: 'position',
      args: [market.id, owner],
    })
  const [, shares, collateral] = await position()
  const sold = parseUnits('0.26', 8)
  await execute(
    {
      ...{ kind: MORPHO_BLUE, lender: morpho, token: token('USDC') },
      ...{ amount: parseUnits('10000', 6), maxPremium: 0n },
    },
    [
      approve(token('USDC'), morpho, parseUnits('10000', 6)),
      on('repay', [params, parseUnits('10000', 6), 0n, owner, '0x']),
      on('withdrawCollateral', [params, sold, owner, executor]),
      approve(token('WBTC'), deployment.uniswap.swapRouter02, sold),
      swap('WBTC', 'USDC', sold),
    ],
    [token('WBTC')],
  )
  const [, sharesAfter, collateralAfter] = await position()
  expect(Number(sharesAfter) / Number(shares)).toBeCloseTo(23 / 33, 5)
  expect(collateral - collateralAfter).toBe(sold)
  for (const symbol of ['USDC', 'WBTC'] as const)
    expect(await balanceOf(token(symbol), executor)).toBe(0n)
})

test('behavior: sweeps what strayed in, with no loan at all', async () => {
  const owner = devnet.accounts.owner.address
  await devnet.mint('WBTC', executor, 7n)
  await execute(nothing, [], [token('WBTC')])
  expect(await balanceOf(token('WBTC'), executor)).toBe(0n)
  expect(await balanceOf(token('WBTC'), owner)).toBe(7n)
})

test('error: NotOwner for everyone else', async () => {
  for (const role of ['stranger', 'twin', 'deployer', 'maker'] as const)
    expect(await refusal(execute(nothing, [], [token('USDC')], role))).toBe('NotOwner')
})

test('error: UnexpectedCallback when no loan is in flight, whoever calls', async () => {
  const { client, accounts, deployment } = devnet
  const steal = [call(token('USDC'), abis.erc20Abi, 'transfer', [accounts.stranger.address, 1n])]
  const callsType = [
    {
      type: 'tuple[]',
      components: [
        { type: 'address', name: 'target' },
        { type: 'bytes', name: 'data' },
      ],
    },
  ] as const
  const params = encodeAbiParameters(callsType, [steal])
  const data = encodeAbiParameters([{ type: 'address' }, ...callsType], [token('USDC'), steal])
  const callbacks = [
    { functionName: 'executeOperation', args: [token('USDC'), 1n, 0n, executor, params] },
    {
      functionName: 'executeOperation',
      args: [token('USDC'), 1n, 0n, accounts.stranger.address, params],
    },
    { functionName: 'onMorphoFlashLoan', args: [1n, data] },
  ] as const
  await devnet.mint('USDC', executor, 1n)
  const lenders = [deployment.aave.pool, deployment.morpho.morpho]
  for (const from of [accounts.stranger.address, accounts.owner.address, ...lenders]) {
    for (const callback of callbacks) {
      const attempt = client.simulateContract({
        ...callback,
        address: executor,
        abi: flashLoanExecutorAbi,
        account: from,
      } as never)
      expect(await refusal(attempt)).toBe('UnexpectedCallback')
    }
  }
})

test('error: UnexpectedCallback when a stranger borrows in the executor’s name', async () => {
  const { deployment } = devnet
  const loan = call(deployment.aave.pool, abis.aavePoolAbi, 'flashLoanSimple', [
    executor,
    token('USDC'),
    1_000n,
    '0x',
    0,
  ])
  const selector = encodeErrorResult({
    abi: flashLoanExecutorAbi,
    errorName: 'UnexpectedCallback',
    args: [deployment.aave.pool],
  })
  await expect(send('stranger', loan)).rejects.toThrow(selector.slice(0, 10))
})

test('error: UnexpectedCallback for a second loan inside the first', async () => {
  const { aave } = devnet.deployment
  const again = call(aave.pool, abis.aavePoolAbi, 'flashLoanSimple', [
    executor,
    token('USDC'),
    1_000n,
    '0x',
    0,
  ])
  const loan = {
    kind: AAVE_V3,
    lender: aave.pool,
    token: token('USDC'),
    amount: 1_000n,
    maxPremium: MAX,
  }
  expect(await refusal(execute(loan, [again], []))).toBe('UnexpectedCallback')
})

test('error: a call that reverts takes everything back, with its own reason', async () => {
  const { aave, morpho } = devnet.deployment
  await openAave()
  const before = await account()
  for (const [kind, lender] of [
    [AAVE_V3, aave.pool],
    [MORPHO_BLUE, morpho.morpho],
  ] as const) {
    const tooMuch = call(aave.reserves.WETH.aToken, abis.erc20Abi, 'transferFrom', [
      devnet.accounts.owner.address,
      executor,
      parseUnits('9', 18),
    ])
    const loan = {
      kind,
      lender,
      token: token('USDC'),
      amount: parseUnits('1000', 6),
      maxPremium: MAX,
    }
    // 35: Aave's "health factor lower than the liquidation threshold".
    expect(await refusal(execute(loan, [tooMuch], []))).toContain('35')
  }
  expect((await account())[1]).toBeGreaterThanOrEqual(before[1])
  expect(await balanceOf(token('USDC'), executor)).toBe(0n)
})

test('error: PremiumTooHigh when the lender asks for more than it may', async () => {
  const { aave } = devnet.deployment
  await devnet.mint('USDC', executor, 500_000n)
  const loan = { kind: AAVE_V3, lender: aave.pool, token: token('USDC'), amount: 1_000_000_000n }
  expect(await refusal(execute({ ...loan, maxPremium: 499_999n }, [], []))).toBe('PremiumTooHigh')
  await execute({ ...loan, maxPremium: 500_000n }, [], [])
})

/** A token and a lender that behave as they are told. */
async function openRogues() {
  const { AwkwardToken, RogueLender } = await compileContracts()
  const [usdt, lender] = [await deploy(AwkwardToken), await deploy(RogueLender)]
  const tell = (target: Address, abi: Abi, name: string, ...args: readonly unknown[]) =>
    send('owner', call(target, abi, name, args))
  await tell(usdt, awkwardTokenAbi, 'mint', lender, 1_000_000n)
  const loan = { kind: AAVE_V3, lender, token: usdt, amount: 1_000n, maxPremium: 10n }
  return {
    usdt,
    loan,
    mint: (to: Address, value: bigint) => tell(usdt, awkwardTokenAbi, 'mint', to, value),
    token: (keepsBack: bigint, declines: boolean) =>
      tell(usdt, awkwardTokenAbi, 'behave', keepsBack, declines),
    lender: (premium: bigint, callbacks: bigint, untaken = 0n) =>
      tell(lender, rogueLenderAbi, 'behave', premium, callbacks, untaken),
    allowance: () =>
      devnet.client.readContract({
        address: usdt,
        abi: awkwardTokenAbi,
        functionName: 'allowance',
        args: [executor, lender],
      }),
  }
}

test('behavior: a token that returns nothing and changes approvals by way of zero is borrowed, repaid and swept', async () => {
  const rogues = await openRogues()
  const owner = devnet.accounts.owner.address
  await rogues.mint(executor, 20n)
  await rogues.lender(4n, 1n, 7n) // it takes less than it may: an approval is left
  await execute(rogues.loan, [], [])
  expect(await rogues.allowance()).toBe(7n)
  expect(await balanceOf(rogues.usdt, owner)).toBe(23n)

  await rogues.mint(executor, 4n)
  await rogues.lender(4n, 1n)
  await execute(rogues.loan, [], [rogues.usdt])
  expect(await rogues.allowance()).toBe(0n)
  expect(await balanceOf(rogues.usdt, executor)).toBe(0n)
  expect(await balanceOf(rogues.usdt, owner)).toBe(23n)
})

test('error: PremiumTooHigh from a lender that overcharges, whatever the executor holds', async () => {
  const rogues = await openRogues()
  await rogues.mint(executor, 500_000n)
  await rogues.lender(11n, 1n)
  expect(await refusal(execute(rogues.loan, [], []))).toBe('PremiumTooHigh')
  await rogues.lender(10n, 1n)
  expect(await refusal(execute(rogues.loan, [], []))).toBe('accepted')
})

test('error: UnexpectedCallback from a lender that calls back twice', async () => {
  const rogues = await openRogues()
  await rogues.lender(0n, 2n)
  expect(await refusal(execute(rogues.loan, [], []))).toBe('UnexpectedCallback')
})

test('error: FundsLeft when a token moves less than it is told', async () => {
  const rogues = await openRogues()
  await rogues.mint(executor, 50n)
  await rogues.token(1n, false)
  expect(await refusal(execute(nothing, [], [rogues.usdt]))).toBe('FundsLeft')
})

test('error: TokenCallFailed when a token answers no, or reverts', async () => {
  const rogues = await openRogues()
  await rogues.mint(executor, 50n)
  await rogues.token(0n, true)
  expect(await refusal(execute(nothing, [], [rogues.usdt]))).toBe('TokenCallFailed')
})

test('error: AlreadyExecuting when the owner is called and executes again', async () => {
  const { FlashLoanExecutor, ContractOwner } = await compileContracts()
  const owner = await deploy(ContractOwner)
  const own = await deploy(FlashLoanExecutor, owner)
  const encode = (calls: readonly Call[]): Call =>
    call(own, flashLoanExecutorAbi, 'execute', [nothing, calls, []])
  const byOwner = ({ target, data }: Call): Call =>
    call(owner, contractOwnerAbi, 'run', [target, data])
  const selector = encodeErrorResult({ abi: flashLoanExecutorAbi, errorName: 'AlreadyExecuting' })
  await send('stranger', byOwner(encode([])))
  await expect(send('stranger', byOwner(encode([byOwner(encode([]))])))).rejects.toThrow(selector)
})

test('error: a loan that the calls do not earn back is refused by the lender', async () => {
  const { aave, uniswap } = devnet.deployment
  const amount = parseUnits('1000', 6)
  const loan = { kind: AAVE_V3, lender: aave.pool, token: token('USDC'), amount, maxPremium: MAX }
  const calls = [approve(token('USDC'), uniswap.swapRouter02), swap('USDC', 'WETH', amount)]
  const args = [executor, 0n, 1_000_500_000n] as const
  const error = encodeErrorResult({ abi: testTokenAbi, errorName: 'InsufficientBalance', args })
  expect(await refusal(execute(loan, calls, [token('WETH')]))).toBe(error.slice(0, 10))
})

test('error: UnknownLoanKind, NotAContract, CallbackMissing', async () => {
  const { aave } = devnet.deployment
  const stranger = devnet.accounts.stranger.address
  const loan = {
    kind: AAVE_V3,
    lender: aave.pool,
    token: token('USDC'),
    amount: 1n,
    maxPremium: MAX,
  }
  expect(await refusal(execute({ ...loan, kind: 3 }, [], []))).toBe('UnknownLoanKind')
  expect(await refusal(execute({ ...loan, lender: stranger }, [], []))).toBe('NotAContract')
  expect(await refusal(execute(nothing, [{ target: stranger, data: '0x' }], []))).toBe(
    'NotAContract',
  )
  // A lender that takes any call and does nothing.
  const idle = '0x00000000000000000000000000000000000001d1'
  await devnet.client.setCode({ address: idle, bytecode: '0x00' })
  expect(await refusal(execute({ ...loan, lender: idle }, [], []))).toBe('CallbackMissing')
})

test('error: ZeroOwner, and ETH is refused', async () => {
  const { client, accounts } = devnet
  const { FlashLoanExecutor } = await compileContracts()
  await expect(deploy(FlashLoanExecutor, zeroAddress)).rejects.toThrow(
    encodeErrorResult({ abi: flashLoanExecutorAbi, errorName: 'ZeroOwner' }),
  )
  const payment = client.sendTransactionSync({
    account: accounts.owner,
    to: executor,
    value: 1n,
    throwOnReceiptRevert: true,
  })
  await expect(payment).rejects.toThrow('revert')
})
