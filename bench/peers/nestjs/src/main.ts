// Starts the gateway on a free port and says where.
import "reflect-metadata";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { BoardGateway } from "./board.gateway";

@Module({ providers: [BoardGateway] })
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ["error", "warn"] });
  await app.listen(0, "127.0.0.1");
  console.log(`nestjs listens on ${await app.getUrl()}`);
}

void main();
