// What Starling is measured beside: a gateway as the documentation of NestJS and Socket.IO shows it. Whoever
// is in a room points and talks; each event goes to everyone else in the room at once, as a packet of its own.
//
// It stores nothing, brings nobody up to date who comes back, checks no identity, limits no rate, and drops no
// reader who takes nothing. All of that costs Starling something, and this nothing.
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type WsResponse,
} from "@nestjs/websockets";
import type { Socket } from "socket.io";

interface Cursor {
  x: number;
  y: number;
}

interface Said {
  text: string;
}

@WebSocketGateway({ transports: ["websocket"] })
export class BoardGateway {
  @SubscribeMessage("join")
  async join(@ConnectedSocket() client: Socket, @MessageBody() room: string): Promise<WsResponse<string>> {
    await client.join(room);
    client.data.room = room;
    return { event: "joined", data: room };
  }

  @SubscribeMessage("cursor")
  cursor(@ConnectedSocket() client: Socket, @MessageBody() { x, y }: Cursor): void {
    client.to(client.data.room).emit("cursor", { id: client.id, x, y });
  }

  @SubscribeMessage("message")
  message(@ConnectedSocket() client: Socket, @MessageBody() { text }: Said): void {
    client.to(client.data.room).emit("message", { id: client.id, text });
  }
}
