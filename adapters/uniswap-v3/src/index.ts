export { createUniswapV3, type UniswapV3Config } from './createUniswapV3.ts'
export { loadUniswapV3 } from './loadUniswapV3.ts'
export type { Pool } from './Pool.ts'
export { uniswapV3Rules } from './uniswapV3Rules.ts'
