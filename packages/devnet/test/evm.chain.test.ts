import { testTokenAbi } from '@plimsoll/contracts'
import {
  type Address,
  type Call,
  InvalidInputError,
  SentButUnsureError,
  type SignedTransaction,
  type Token,
  VenueReadError,
} from '@plimsoll/domain'
import {
  approveCall,
  type ChainClient,
  createChainClient,
  createChainHead,
  createPublicLane,
  createSimulator,
  createSpotSource,
  decodeRevertData,
  erc20Abi,
  extractRevertData,
  MissingContractError,
  NodeUnreachableError,
  SubmissionRefusedError,
  UnsupportedNodeError,
  WrongChainError,
} from '@plimsoll/evm'
import { encodeFunctionData, keccak256, parseAbi, parseEther } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Devnet, MULTICALL3, startDevnet } from '../src/index.ts'
import { type NodeProxy, startNodeProxy } from './nodeProxy.ts'

let devnet: Devnet
let proxy: NodeProxy
let client: ChainClient
let usdc: Token
let owner: Address
let stranger: Address

beforeAll(async () => {
  devnet = await startDevnet()
  proxy = await startNodeProxy(devnet.rpcUrl)
  client = await connect(proxy.rpcUrl)
  owner = devnet.accounts.owner.address
  stranger = devnet.accounts.stranger.address
  const { address, decimals } = devnet.deployment.tokens.USDC
  usdc = { chainId: devnet.chainId, address, decimals, symbol: 'USDC', asset: 'USDC' }
  await devnet.setBalance(owner, parseEther('10'))
  await devnet.mint('USDC', owner, 1_000n)
})
beforeEach(() => {
  proxy.asked.length = 0
})
afterEach(() => proxy.faults.clear())
afterAll(async () => {
  await proxy.stop()
  await devnet.stop()
})

const connect = (rpcUrl: string) =>
  createChainClient({ rpcUrl, chainId: devnet.chainId, multicall3: MULTICALL3 })
const count = (method: string) => proxy.asked.filter((asked) => asked === method).length
const balanceOf = (account: Address, blockNumber: bigint) =>
  client.readContract({
    address: usdc.address,
    abi: erc20Abi,
    functionName: 'balanceOf',
    args: [account],
    blockNumber,
  })
const transfer = (raw: bigint): Call => ({
  to: usdc.address,
  data: encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [stranger, raw] }),
  value: 0n,
  venue: 'test',
  label: 'transfer',
})

/** Signed bytes of the owner, with the nonce the chain expects unless another is given. */
async function sign(p: { call: Call; nonce?: number; fee?: bigint }): Promise<SignedTransaction> {
  const { call } = p
  const nonce = p.nonce ?? (await client.getTransactionCount({ address: owner }))
  const raw = await devnet.accounts.owner.signTransaction({
    type: 'eip1559',
    chainId: devnet.chainId,
    nonce,
    to: call.to,
    data: call.data,
    gas: 200_000n,
    maxFeePerGas: p.fee ?? 100_000_000_000n,
    maxPriorityFeePerGas: 1n,
  })
  return { hash: keccak256(raw), raw, nonce, call }
}

describe('createChainClient', () => {
  test('behavior: all reads of one turn at one block are one eth_call', async () => {
    const blockNumber = await client.getBlockNumber()
    proxy.asked.length = 0
    const accounts = Object.values(devnet.accounts)
    const reads = [...accounts, ...accounts, ...accounts].map(({ address }) =>
      balanceOf(address, blockNumber),
    )
    const balances = await Promise.all(reads)
    expect(balances).toHaveLength(3 * accounts.length)
    expect(balances).toContain(await balanceOf(devnet.accounts.maker.address, blockNumber))
    expect(proxy.asked).toEqual(['eth_call', 'eth_call'])
  })

  test('behavior: a read is pinned to its block, and reads at two blocks are two calls', async () => {
    const before = await client.getBlockNumber()
    const held = await balanceOf(owner, before)
    await devnet.mint('USDC', owner, 77n)
    proxy.asked.length = 0
    const [then, now] = await Promise.all([balanceOf(owner, before), balanceOf(owner, before + 1n)])
    expect([then, now]).toEqual([held, held + 77n])
    expect(count('eth_call')).toBe(2)
  })

  test.each([
    ['nothing listens', 'http://127.0.0.1:1/v2/secret-key'],
    ['nothing listens on the other loopback', 'http://[::1]:1/secret-key'],
  ])('error: NodeUnreachableError when %s, without the key in its words', async (_, rpcUrl) => {
    const failure = await connect(rpcUrl).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(NodeUnreachableError)
    expect((failure as Error).message).not.toContain('secret-key')
  })

  test('error: WrongChainError', async () => {
    const connecting = createChainClient({ ...devnet, chainId: 1, multicall3: MULTICALL3 })
    await expect(connecting).rejects.toBeInstanceOf(WrongChainError)
  })

  test('error: MissingContractError when Multicall3 is not there', async () => {
    const connecting = createChainClient({ ...devnet, multicall3: stranger })
    await expect(connecting).rejects.toBeInstanceOf(MissingContractError)
  })

  test.each(['', 'localhost:8545', 'ftp://node', 'file:///etc/passwd'])(
    'error: InvalidInputError for the address %j',
    async (rpcUrl) => {
      await expect(connect(rpcUrl)).rejects.toBeInstanceOf(InvalidInputError)
    },
  )
})

describe('createChainHead', () => {
  test('default: the latest block, and what the next one charges', async () => {
    const head = createChainHead(client, { priorityFee: 5n })
    const latest = await head.latest()
    const block = await client.getBlock()
    expect(latest).toMatchObject({ number: block.number, hash: block.hash })
    expect(latest.timestamp).toBe(block.timestamp)
    await devnet.mint('USDC', stranger, 1n)
    const next = await client.getBlock()
    expect(next.number).toBe(block.number + 1n)
    expect(latest.gasPrice).toBe((next.baseFeePerGas ?? 0n) + 5n)
  })

  test('error: VenueReadError when the node does not answer', async () => {
    proxy.faults.set('eth_getBlockByNumber', { type: 'lose-request' })
    await expect(createChainHead(client).latest()).rejects.toBeInstanceOf(VenueReadError)
  })
})

describe('createSpotSource', () => {
  test('default: what the account held at the block, in one call', async () => {
    const block = await createChainHead(client).latest()
    const held = await balanceOf(owner, block.number)
    await devnet.mint('USDC', owner, 5n)
    const wethToken = { ...usdc, ...devnet.deployment.tokens.WETH, symbol: 'WETH', asset: 'ETH' }
    const spot = createSpotSource({ client, tokens: [usdc, wethToken] })
    proxy.asked.length = 0
    expect(await spot.read(owner, block)).toEqual([
      { token: usdc, raw: held },
      { token: wethToken, raw: 0n },
    ])
    expect(proxy.asked).toEqual(['eth_call'])
  })

  test('error: VenueReadError for a token that is not there', async () => {
    const block = await createChainHead(client).latest()
    const spot = createSpotSource({ client, tokens: [{ ...usdc, address: stranger }] })
    await expect(spot.read(owner, block)).rejects.toBeInstanceOf(VenueReadError)
  })
})

describe('createSimulator', () => {
  const pull = (raw: bigint): Call => ({
    ...transfer(raw),
    data: encodeFunctionData({
      abi: erc20Abi,
      functionName: 'transferFrom',
      args: [owner, stranger, raw],
    }),
  })
  const approveSelf = () => approveCall({ token: usdc, spender: owner, raw: 10n, venue: 'test' })

  test('default: each call runs on what the one before it left, for the gas it then takes', async () => {
    const calls = [approveSelf(), pull(10n)]
    const simulation = await createSimulator(client).simulate({ from: owner, calls })
    const lane = createPublicLane(client)
    const used: (bigint | undefined)[] = []
    for (const call of calls) {
      const transaction = await sign({ call })
      await lane.send(transaction)
      used.push((await lane.receipt(transaction.hash))?.gasUsed)
    }
    expect(simulation).toEqual({ type: 'succeeded', gas: used })
  })

  test('behavior: names the call that reverts and why, and changes nothing', async () => {
    const calls = [approveSelf(), pull(11n), approveSelf()]
    const before = await client.getBlockNumber()
    const simulation = await createSimulator(client).simulate({ from: owner, calls })
    expect(simulation).toMatchObject({ type: 'reverted', index: 1, call: calls[1] })
    const data = simulation.type === 'reverted' ? simulation.data : '0x'
    expect(decodeRevertData(data, [testTokenAbi])).toBe(`InsufficientAllowance(${owner}, 10, 11)`)
    expect(await client.getBlockNumber()).toBe(before)
  })

  test('behavior: the block is the one after the latest', async () => {
    const { timestamp } = await client.getBlock()
    const abi = parseAbi(['function multicall(uint256 deadline, bytes[] data) payable'])
    const before = (deadline: bigint): Call => ({
      ...transfer(0n),
      to: devnet.deployment.uniswap.swapRouter02,
      data: encodeFunctionData({ abi, args: [deadline, []] }),
    })
    const simulator = createSimulator(client)
    const inTime = await simulator.simulate({ from: owner, calls: [before(timestamp + 1n)] })
    const late = await simulator.simulate({ from: owner, calls: [before(timestamp)] })
    expect([inTime.type, late.type]).toEqual(['succeeded', 'reverted'])
  })

  test('behavior: nothing to do succeeds without asking the node', async () => {
    const simulation = await createSimulator(client).simulate({ from: owner, calls: [] })
    expect(simulation).toEqual({ type: 'succeeded', gas: [] })
    expect(proxy.asked).toEqual([])
  })

  test('error: UnsupportedNodeError when the node cannot simulate', async () => {
    proxy.faults.set('eth_simulateV1', { type: 'answer', code: -32601, message: 'no such method' })
    const simulating = createSimulator(client).simulate({ from: owner, calls: [transfer(1n)] })
    await expect(simulating).rejects.toBeInstanceOf(UnsupportedNodeError)
  })

  test('error: VenueReadError when the node does not answer', async () => {
    proxy.faults.set('eth_simulateV1', { type: 'lose-request' })
    const simulating = createSimulator(client).simulate({ from: owner, calls: [transfer(1n)] })
    await expect(simulating).rejects.toBeInstanceOf(VenueReadError)
  })
})

test('extractRevertData: finds the bytes of a call alone and of one in a batch', async () => {
  const { twin } = devnet.accounts
  const alone = client.simulateContract({
    address: usdc.address,
    abi: erc20Abi,
    functionName: 'transfer',
    args: [owner, 5n],
    account: twin.address,
  })
  const batched = client.readContract({
    address: devnet.deployment.aave.pool,
    abi: parseAbi(['function dropReserve(address asset) view']),
    functionName: 'dropReserve',
    args: [usdc.address],
  })
  const words = [alone, batched].map(async (call) => {
    const data = extractRevertData(await call.catch((error: unknown) => error))
    return data === null ? null : decodeRevertData(data, [testTokenAbi])
  })
  const balance = `InsufficientBalance(${twin.address}, 0, 5)`
  const onlyPoolConfigurator = '10' // Aave numbers its errors
  expect(await Promise.all(words)).toEqual([balance, onlyPoolConfigurator])
})

describe('createPublicLane', () => {
  const SYNC = 'eth_sendRawTransactionSync'
  const PLAIN = 'eth_sendRawTransaction'
  const unknownMethod = { type: 'answer', code: -32601, message: 'no such method' } as const

  test('default: sent is in a block, and the nonce moves on', async () => {
    const lane = createPublicLane(client)
    const nonce = await lane.nonce(owner)
    const transaction = await sign({ call: transfer(1n), nonce })
    expect(await lane.receipt(transaction.hash)).toBeNull()
    await lane.send(transaction)
    const block = await client.getBlock()
    expect(await lane.receipt(transaction.hash)).toEqual({
      hash: transaction.hash,
      status: 'success',
      block: block.number,
      gasUsed: block.gasUsed,
      gasPrice: (block.baseFeePerGas ?? 0n) + 1n,
    })
    expect(await lane.nonce(owner)).toBe(nonce + 1)
  })

  test('behavior: the same bytes again are no error and no second payment', async () => {
    const lane = createPublicLane(client)
    const transaction = await sign({ call: transfer(1n) })
    await lane.send(transaction)
    const held = await balanceOf(owner, await client.getBlockNumber())
    await lane.send(transaction)
    expect(await balanceOf(owner, await client.getBlockNumber())).toBe(held)
  })

  test('behavior: a revert on chain is a receipt, not an error', async () => {
    const lane = createPublicLane(client)
    const transaction = await sign({ call: transfer(10n ** 30n) })
    await lane.send(transaction)
    expect(await lane.receipt(transaction.hash)).toMatchObject({ status: 'reverted' })
  })

  test('behavior: falls back to the standard method, and asks for the other only once', async () => {
    proxy.faults.set(SYNC, unknownMethod)
    const lane = createPublicLane(client)
    const first = await sign({ call: transfer(1n) })
    await lane.send(first)
    await client.waitForTransactionReceipt({ hash: first.hash })
    await lane.send(await sign({ call: transfer(1n), nonce: first.nonce + 1 }))
    expect([count(SYNC), count(PLAIN)]).toEqual([1, 2])
  })

  test.each([
    ['a refusal of its parameters', -32602, 'unknown method or parameters'],
    ['an internal error', -32603, 'unsupported'],
    ['a refusal', -32000, 'the method is not whitelisted'],
    ['a limit', -32005, 'try again'],
  ])(
    'behavior: %s of the first method sends the same bytes by the standard one',
    async (...fault) => {
      const [, code, message] = fault
      proxy.faults.set(SYNC, { type: 'answer', code, message })
      const lane = createPublicLane(client)
      const transaction = await sign({ call: transfer(1n) })
      await lane.send(transaction)
      await client.waitForTransactionReceipt({ hash: transaction.hash })
      expect(await lane.receipt(transaction.hash)).toMatchObject({ status: 'success' })
      expect([count(SYNC), count(PLAIN)]).toEqual([1, 1])
    },
  )

  test('behavior: bytes that the node has after all are not sent twice', async () => {
    proxy.faults.set(SYNC, { type: 'lose-answer' })
    await createPublicLane(client).send(await sign({ call: transfer(1n) }))
    expect([count(SYNC), count(PLAIN)]).toEqual([1, 0])
  })

  test('behavior: an answer lost on the way is looked up before it is an error', async () => {
    proxy.faults.set(SYNC, { type: 'lose-answer' })
    const lane = createPublicLane(client)
    const transaction = await sign({ call: transfer(1n) })
    await lane.send(transaction)
    expect(await lane.receipt(transaction.hash)).toMatchObject({ status: 'success' })
  })

  test('behavior: what waits in the pool keeps its nonce and is no error to send again', async () => {
    await devnet.client.setAutomine(false)
    try {
      proxy.faults.set(SYNC, unknownMethod)
      const lane = createPublicLane(client)
      const waiting = await sign({ call: transfer(1n) })
      await lane.send(waiting)
      await lane.send(waiting)
      expect(await lane.receipt(waiting.hash)).toBeNull()
      expect(await lane.nonce(owner)).toBe(waiting.nonce)
      const rival = await sign({ call: transfer(2n), nonce: waiting.nonce })
      await expect(lane.send(rival)).rejects.toBeInstanceOf(SubmissionRefusedError)
      await devnet.mine(1)
      expect(await lane.receipt(waiting.hash)).toMatchObject({ status: 'success' })
      expect(await lane.receipt(rival.hash)).toBeNull()
    } finally {
      await devnet.client.setAutomine(true)
    }
  })

  test('error: SubmissionRefusedError when another transaction has the nonce', async () => {
    const lane = createPublicLane(client)
    const first = await sign({ call: transfer(1n) })
    await lane.send(first)
    const second = await sign({ call: transfer(2n), nonce: first.nonce })
    await expect(lane.send(second)).rejects.toMatchObject({
      code: 'EXECUTION_SUBMISSION_REFUSED',
      recovery: 'reconcile',
      reason: 'nonce too low',
    })
  })

  test('error: SubmissionRefusedError when the fee is too low or the purse empty', async () => {
    const lane = createPublicLane(client)
    const cheap = await sign({ call: transfer(1n), fee: 2n })
    await expect(lane.send(cheap)).rejects.toBeInstanceOf(SubmissionRefusedError)
    const dear = await sign({ call: transfer(1n), fee: parseEther('1') })
    await expect(lane.send(dear)).rejects.toBeInstanceOf(SubmissionRefusedError)
  })

  test('error: SentButUnsureError when the request is lost; the same bytes can follow', async () => {
    const lane = createPublicLane(client)
    const transaction = await sign({ call: transfer(1n) })
    proxy.faults.set(SYNC, { type: 'lose-request' })
    proxy.faults.set(PLAIN, { type: 'lose-request' })
    await expect(lane.send(transaction)).rejects.toBeInstanceOf(SentButUnsureError)
    proxy.faults.clear()
    await lane.send(transaction)
    expect(await lane.receipt(transaction.hash)).toMatchObject({ status: 'success' })
  })

  test('error: SentButUnsureError when the hash cannot be looked up either', async () => {
    const lane = createPublicLane(client)
    const transaction = await sign({ call: transfer(1n) })
    proxy.faults.set(SYNC, { type: 'lose-answer' })
    proxy.faults.set('eth_getTransactionByHash', { type: 'lose-request' })
    await expect(lane.send(transaction)).rejects.toMatchObject({ hash: transaction.hash })
    await expect(lane.send(transaction)).rejects.toBeInstanceOf(SentButUnsureError)
  })

  test.each([
    ['an internal error', -32603, 'something broke'],
    ['a limit', -32005, 'slow down'],
    ['bytes that it has but does not show yet', -32000, 'already known'],
  ])('error: SentButUnsureError when the node says %s', async (_, code, message) => {
    const lane = createPublicLane(client)
    const transaction = await sign({ call: transfer(1n) })
    proxy.faults.set(SYNC, { type: 'answer', code, message })
    proxy.faults.set(PLAIN, { type: 'answer', code, message })
    await expect(lane.send(transaction)).rejects.toBeInstanceOf(SentButUnsureError)
  })

  test('error: VenueReadError when nonce or receipt cannot be asked for', async () => {
    const lane = createPublicLane(client)
    proxy.faults.set('eth_getTransactionCount', { type: 'lose-request' })
    proxy.faults.set('eth_getTransactionReceipt', { type: 'lose-request' })
    await expect(lane.nonce(owner)).rejects.toBeInstanceOf(VenueReadError)
    await expect(lane.receipt(keccak256('0x01'))).rejects.toBeInstanceOf(VenueReadError)
  })
})
