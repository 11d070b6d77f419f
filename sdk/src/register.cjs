"use strict";
/**
 * What `node --require @spanledger/sdk/register` gets: the start loads ES modules and waits for them,
 * which `--require` cannot. A product whose own code is CommonJS uses `--import` as well.
 */
throw new Error(
  "@spanledger/sdk/register cannot be loaded by --require or require(): start the product with " +
    "node --import @spanledger/sdk/register, which instruments CommonJS too",
);
