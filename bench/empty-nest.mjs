// The ceiling of idling: a Nest application on Fastify in which there is nothing.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

class Empty {}
Module({})(Empty);

const app = await NestFactory.create(Empty, new FastifyAdapter());
await app.listen(0, '127.0.0.1');
process.once('disconnect', () => process.exit());
process.send({ url: await app.getUrl() });
