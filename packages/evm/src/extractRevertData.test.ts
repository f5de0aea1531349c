import { ContractFunctionRevertedError, RawContractError, BaseError as ViemError } from 'viem'
import { expect, test } from 'vitest'
import { extractRevertData } from './extractRevertData.ts'

const data = '0x08c379a0'

test('default: the bytes under any number of wrappings', () => {
  const raw = new RawContractError({ data })
  const reverted = new ContractFunctionRevertedError({ abi: [], data, functionName: 'f' })
  const wrapped = new ViemError('outer', { cause: new ViemError('inner', { cause: raw }) })
  expect(extractRevertData(raw)).toBe(data)
  expect(extractRevertData(reverted)).toBe(data)
  expect(extractRevertData(wrapped)).toBe(data)
})

test("behavior: the bytes of a node's own error object", () => {
  expect(extractRevertData({ code: 3, message: 'execution reverted', data })).toBe(data)
  expect(extractRevertData({ cause: { data: { data } } })).toBe(data)
})

test('behavior: null when it was no revert', () => {
  expect(extractRevertData(new ViemError('HTTP request failed.'))).toBeNull()
  expect(extractRevertData('text')).toBeNull()
  expect(extractRevertData(null)).toBeNull()
  const loop: { cause?: unknown } = {}
  loop.cause = loop
  expect(extractRevertData(loop)).toBeNull()
})
