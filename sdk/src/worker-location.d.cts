export declare function locateWorker(): string | null;
