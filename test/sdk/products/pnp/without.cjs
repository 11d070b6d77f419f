void import("./shop/end.js").then(({ end }) => end(process.argv.at(-1)));
