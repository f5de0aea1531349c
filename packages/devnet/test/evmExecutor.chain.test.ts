import { compileContracts, flashLoanExecutorAbi } from '@plimsoll/contracts'
import {
  type Address,
  type AtomicExecutor,
  type Call,
  PolicyDeniedError,
  priceFromNumber,
  type Receipt,
  type Signer,
  type Simulation,
  type Token,
  usd,
} from '@plimsoll/domain'
import {
  allowedAddress,
  approveCall,
  approveRule,
  type CallRule,
  type ChainClient,
  createAtomicExecutor,
  createChainClient,
  createChainHead,
  createPolicySigner,
  createPublicLane,
  createSigningPolicy,
  createSimulator,
  createSpotSource,
  decodeRevertData,
  deployExecutor,
  erc20Abi,
  executorRule,
  type FlashLender,
  ForeignContractError,
  loadExecutor,
  MissingContractError,
  type OwnExecutor,
} from '@plimsoll/evm'
import {
  type Abi,
  encodeFunctionData,
  getAbiItem,
  maxUint256,
  parseAbi,
  parseEther,
  parseEventLogs,
} from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Devnet, MULTICALL3, startDevnet } from '../src/index.ts'

const poolAbi = parseAbi([
  'function FLASHLOAN_PREMIUM_TOTAL() view returns (uint128)',
  'function supply(address asset, uint256 amount, address onBehalfOf, uint16 referral)',
  'function borrow(address asset, uint256 amount, uint256 rateMode, uint16 referral, address onBehalfOf)',
  'function repay(address asset, uint256 amount, uint256 rateMode, address onBehalfOf) returns (uint256)',
  'function withdraw(address asset, uint256 amount, address to) returns (uint256)',
])
const routerAbi = parseAbi([
  'struct ExactInput { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 amountIn; uint256 minOut; uint160 limit; }',
  'function exactInputSingle(ExactInput params) payable returns (uint256)',
])
const WETH_SUPPLIED = parseEther('10')
const USDC_BORROWED = 8_000_000_000n
const WETH_SOLD = parseEther('5')

const readReferences = async () => new Map([['USDC', priceFromNumber(1)]])

let devnet: Devnet
let client: ChainClient
let owner: Address
let usdc: Token
let weth: Token
let aWeth: Token
let debtUsdc: Token
let lenders: Record<'aave' | 'morpho', FlashLender>
let contract: OwnExecutor
let address: Address
let executor: AtomicExecutor
let signer: Signer
let position: `0x${string}` // snapshot

beforeAll(async () => {
  devnet = await startDevnet()
  const { accounts, chainId, deployment } = devnet
  const { aave, morpho } = deployment
  client = await createChainClient({ ...devnet, multicall3: MULTICALL3 })
  owner = accounts.owner.address
  usdc = { ...deployment.tokens.USDC, chainId, symbol: 'USDC', asset: 'USDC' }
  weth = { ...deployment.tokens.WETH, chainId, symbol: 'WETH', asset: 'ETH' }
  aWeth = { ...weth, address: aave.reserves.WETH.aToken, symbol: 'aWETH' }
  debtUsdc = { ...usdc, address: aave.reserves.USDC.variableDebtToken, symbol: 'debtUSDC' }
  const feeBps = await client.readContract({
    address: aave.pool,
    abi: poolAbi,
    functionName: 'FLASHLOAN_PREMIUM_TOTAL',
  })
  lenders = {
    aave: { kind: 'aave-v3', address: aave.pool, feeBps, tokens: [usdc, weth] },
    morpho: { kind: 'morpho', address: morpho.morpho, feeBps: 0n, tokens: [usdc] },
  }
  for (const role of ['owner', 'trader', 'stranger'] as const)
    await devnet.setBalance(accounts[role].address, parseEther('10'))
  contract = await deployExecutor({ client, deployer: accounts.trader, owner })
  address = contract.address
  executor = createAtomicExecutor({ executor: contract, lenders: [lenders.aave, lenders.morpho] })
  signer = createPolicySigner({ account: accounts.owner, policy: policy(), readReferences })

  await devnet.mint('WETH', owner, WETH_SUPPLIED)
  await carryOut([
    approveCall({ token: weth, spender: aave.pool, raw: WETH_SUPPLIED, venue: 'aave' }),
    pool('supply', [weth.address, WETH_SUPPLIED, owner, 0]),
    pool('borrow', [usdc.address, USDC_BORROWED, 2n, 0, owner]),
    approveCall({ token: aWeth, spender: address, raw: maxUint256, venue: 'aave' }),
    approveCall({ token: usdc, spender: address, raw: maxUint256, venue: 'aave' }),
  ])
  position = await devnet.snapshot()
})
afterAll(() => devnet.stop())

/** Lets the executor fetch a token from the owner for itself. */
const pullRule = (token: Token): CallRule => ({
  target: token.address,
  abi: getAbiItem({ abi: erc20Abi, name: 'transferFrom' }),
  check: ([from, to]) =>
    allowedAddress('pull', from, [owner]) ?? allowedAddress('pull', to, [address]),
  leaves: () => [token.address],
})

/** Rules shaped like an adapter's, for what this test does. */
function policy() {
  const { aave, uniswap } = devnet.deployment
  const own = (abi: Abi, name: string, target: Address, check: CallRule['check']): CallRule => ({
    target,
    abi: getAbiItem({ abi, name }) as CallRule['abi'],
    check,
  })
  return createSigningPolicy({
    chainId: devnet.chainId,
    owner,
    executor: contract,
    maxFeePerGas: 100_000_000_000n,
    maxGas: 5_000_000n,
    rules: [
      approveRule(weth, [aave.pool, uniswap.swapRouter02]),
      approveRule(usdc, [aave.pool, address]),
      approveRule(aWeth, [address]),
      pullRule(aWeth),
      pullRule(usdc),
      own(poolAbi, 'supply', aave.pool, (args) => allowedAddress('for', args[2], [owner])),
      own(poolAbi, 'borrow', aave.pool, (args) => allowedAddress('for', args[4], [owner])),
      own(poolAbi, 'repay', aave.pool, (args) => allowedAddress('for', args[3], [owner])),
      own(poolAbi, 'withdraw', aave.pool, (args, { sender }) =>
        allowedAddress('to', args[2], [sender]),
      ),
      own(routerAbi, 'exactInputSingle', uniswap.swapRouter02, ([params], { sender }) =>
        allowedAddress('to', (params as { recipient: Address }).recipient, [sender]),
      ),
      executorRule({
        executor: contract,
        lenders: Object.values(lenders),
        tokens: [usdc, weth],
        maxLoan: usd(1_000_000_00000000n),
      }),
    ],
  })
}

const call = (to: Address, abi: Abi, functionName: string, args: readonly unknown[]): Call => ({
  to,
  data: encodeFunctionData({ abi, functionName, args }),
  value: 0n,
  venue: 'test',
  label: functionName,
})
const pool = (name: string, args: readonly unknown[]): Call =>
  call(devnet.deployment.aave.pool, poolAbi, name, args)
const pull = (token: Token, raw: bigint): Call =>
  call(token.address, erc20Abi, 'transferFrom', [owner, address, raw])
const approve = (token: Token, spender: Address, raw: bigint): Call =>
  approveCall({ token, spender, raw, venue: 'test' })

/** Repays the debt with the loan, withdraws the collateral and sells what the loan needs. */
function deleverage(): readonly Call[] {
  const { aave, uniswap } = devnet.deployment
  const found = uniswap.pools.find(({ token0, token1 }) =>
    [token0, token1].every((token) => token === 'WETH' || token === 'USDC'),
  )
  const swap = {
    tokenIn: weth.address,
    tokenOut: usdc.address,
    fee: found?.fee ?? 0,
    recipient: address,
    amountIn: WETH_SOLD,
    minOut: USDC_BORROWED,
    limit: 0n,
  }
  return [
    approve(usdc, aave.pool, USDC_BORROWED),
    pool('repay', [usdc.address, USDC_BORROWED, 2n, owner]),
    pull(aWeth, WETH_SOLD),
    pool('withdraw', [weth.address, WETH_SOLD, address]),
    approve(weth, uniswap.swapRouter02, WETH_SOLD),
    call(uniswap.swapRouter02, routerAbi, 'exactInputSingle', [swap]),
  ]
}

const simulate = (calls: readonly Call[], from = owner): Promise<Simulation> =>
  createSimulator(client).simulate({ from, calls })

/** Simulates, signs, sends and awaits: the way of an order. */
async function carryOut(calls: readonly Call[]): Promise<readonly Receipt[]> {
  const lane = createPublicLane(client)
  const simulation = await simulate(calls)
  expect(simulation.type).toBe('succeeded')
  const receipts: Receipt[] = []
  for (const [index, call] of calls.entries()) {
    const gas = simulation.type === 'succeeded' ? (simulation.gas[index] ?? 0n) : 0n
    const nonce = await lane.nonce(owner)
    const block = await createChainHead(client).latest()
    const transaction = await signer.sign({ call, nonce, gas: (gas * 3n) / 2n, block })
    await lane.send(transaction)
    const receipt = await lane.receipt(transaction.hash)
    expect(receipt?.status).toBe('success')
    if (receipt !== null) receipts.push(receipt)
  }
  return receipts
}

async function holdings(account: Address): Promise<Record<string, bigint>> {
  const spot = createSpotSource({ client, tokens: [usdc, weth, aWeth, debtUsdc] })
  const amounts = await spot.read(account, await createChainHead(client).latest())
  return Object.fromEntries(amounts.map(({ token, raw }) => [token.symbol, raw]))
}

async function reset(): Promise<void> {
  await devnet.revert(position)
  position = await devnet.snapshot()
}

test('default: a flash loan deleverages the owner, and the executor keeps nothing', async () => {
  await reset()
  const before = await holdings(owner)
  const wrapped = executor.encode({
    flashLoan: { token: usdc, raw: USDC_BORROWED },
    calls: deleverage(),
    sweep: [usdc, weth],
  })
  await carryOut([wrapped])
  const after = await holdings(owner)
  expect(before.debtUSDC).toBeGreaterThan(USDC_BORROWED)
  expect(after.debtUSDC).toBeLessThan(1_000_000n) // interest of some seconds
  expect(after.aWETH).toBeLessThan(WETH_SUPPLIED - WETH_SOLD + 10n ** 12n)
  expect(after.USDC).toBeGreaterThan(before.USDC ?? 0n) // what the sale brought above the loan
  expect(await holdings(address)).toEqual({ USDC: 0n, WETH: 0n, aWETH: 0n, debtUSDC: 0n })
})

describe('loadExecutor', () => {
  const load = (at: Address, of = owner) => loadExecutor({ client, address: at, owner: of })

  test('default: takes up what was deployed', async () => {
    expect(await load(address)).toEqual({ address, owner, chainId: devnet.chainId })
  })

  test("error: ForeignContractError for another owner's, in whose name it says", async () => {
    const { stranger } = devnet.accounts
    const theirs = await deployExecutor({
      client,
      deployer: devnet.accounts.trader,
      owner: stranger.address,
    })
    await expect(load(theirs.address)).rejects.toThrow(`the executor of ${stranger.address}`)
    await expect(load(address, stranger.address)).rejects.toBeInstanceOf(ForeignContractError)
  })

  test('error: ForeignContractError for a contract that answers like it and does one thing more', async () => {
    const { runtime, immutables } = (await compileContracts()).FlashLoanExecutor
    const code = await client.getCode({ address })
    const like = '0x00000000000000000000000000000000000011fe'
    await devnet.client.setCode({ address: like, bytecode: `${code ?? '0x'}00` })
    const named = { address: like, abi: flashLoanExecutorAbi, functionName: 'OWNER' } as const
    expect(await client.readContract(named)).toBe(owner)
    await expect(load(like)).rejects.toThrow('other code')
    // The bare runtime code has nobody's address where the owner belongs.
    expect(immutables.length).toBeGreaterThan(0)
    await devnet.client.setCode({ address: like, bytecode: runtime })
    await expect(load(like)).rejects.toBeInstanceOf(ForeignContractError)
  })

  test('error: ForeignContractError for any other contract, MissingContractError for none', async () => {
    await expect(load(usdc.address)).rejects.toBeInstanceOf(ForeignContractError)
    await expect(load(devnet.accounts.stranger.address)).rejects.toBeInstanceOf(
      MissingContractError,
    )
  })
})

test("behavior: Aave's fee is the one foretold", async () => {
  await reset()
  const loan = { token: usdc, raw: 123_456_789n }
  const ofAave = createAtomicExecutor({ executor: contract, lenders: [lenders.aave] })
  const fee = ofAave.flashFee(loan) ?? 0n
  const calls = [pull(usdc, fee)]
  const [receipt] = await carryOut([ofAave.encode({ flashLoan: loan, calls, sweep: [] })])
  const { logs } = await client.getTransactionReceipt({ hash: receipt?.hash ?? '0x' })
  const [executed] = parseEventLogs({ abi: flashLoanExecutorAbi, eventName: 'Executed', logs })
  expect(executed?.args).toMatchObject({ amount: loan.raw, token: usdc.address })
  expect(executed?.args.premium).toBe(61_728n) // 61,728.4 of 5 bps; Aave rounds to the nearest unit
  expect(fee).toBe(61_729n)
})

test('behavior: calls without a loan are all or nothing', async () => {
  await reset()
  const before = await holdings(owner)
  const repay = [
    pull(usdc, 5_000n),
    approve(usdc, devnet.deployment.aave.pool, 5_000n),
    pool('repay', [usdc.address, 5_000n, 2n, owner]),
  ]
  const tooMuch = [...repay, pool('withdraw', [weth.address, WETH_SUPPLIED, address])]
  const wrap = (calls: readonly Call[]) =>
    executor.encode({ flashLoan: null, calls, sweep: [usdc] })
  expect(await simulate([wrap(tooMuch)])).toMatchObject({ type: 'reverted', index: 0 })
  expect((await holdings(owner)).USDC).toBe(before.USDC)
  await carryOut([wrap(repay)])
  expect((await holdings(owner)).USDC).toBe((before.USDC ?? 0n) - 5_000n)
})

test('behavior: serves its owner alone', async () => {
  await reset()
  const wrapped = executor.encode({ flashLoan: null, calls: [pull(usdc, 1n)], sweep: [usdc] })
  const { stranger } = devnet.accounts
  const simulation = await simulate([wrapped], stranger.address)
  const data = simulation.type === 'reverted' ? simulation.data : '0x'
  expect(decodeRevertData(data, [flashLoanExecutorAbi])).toBe(`NotOwner(${stranger.address})`)
})

test('error: PolicyDeniedError for a theft that the chain itself would carry out', async () => {
  await reset()
  const { stranger } = devnet.accounts
  const theft = call(usdc.address, erc20Abi, 'transferFrom', [owner, stranger.address, 5_000n])
  const wrapped = executor.encode({ flashLoan: null, calls: [theft], sweep: [] })
  expect(await simulate([wrapped])).toMatchObject({ type: 'succeeded' })
  const nonce = await createPublicLane(client).nonce(owner)
  const block = await createChainHead(client).latest()
  const signing = signer.sign({ call: wrapped, nonce, gas: 1_000_000n, block })
  await expect(signing).rejects.toBeInstanceOf(PolicyDeniedError)
})
